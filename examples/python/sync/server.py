"""The greeter on grpcio: python -m sync.server --port 50051"""

import logging
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from grpc_status import rpc_status

from arguments import server_arguments
from greeter.v1 import greeter_pb2 as pb
from greeter.v1 import greeter_pb2_grpc
from greetings import Everyone, greet, greet_in_languages
from refusal import Refusal

GRACE_SECONDS = 5
# Otherwise a second server would share the port in silence.
SERVER_OPTIONS = [("grpc.so_reuseport", 0)]


class Greeter(greeter_pb2_grpc.GreeterServiceServicer):
    def SayHello(self, request, context):
        with answering(context, "SayHello"):
            return pb.SayHelloResponse(greeting=greet(request.name, request.language_tag))

    def SayHelloInLanguages(self, request, context):
        with answering(context, "SayHelloInLanguages"):
            for greeting, tag in greet_in_languages(request.name, request.language_tags):
                yield pb.SayHelloInLanguagesResponse(greeting=greeting, language_tag=tag)

    def SayHelloToAll(self, requests, context):
        with answering(context, "SayHelloToAll"):
            everyone = Everyone()
            for request in requests:
                everyone.add(request.name)
            return pb.SayHelloToAllResponse(greeting=everyone.greet())

    def SayHelloToEach(self, requests, context):
        with answering(context, "SayHelloToEach"):
            for request in requests:
                yield pb.SayHelloToEachResponse(greeting=greet(request.name))


@contextmanager
def answering(context: grpc.ServicerContext, method: str) -> Iterator[None]:
    """What the calls have in common: the request id sent back, and how a call may fail."""
    request_id = [entry for entry in context.invocation_metadata() if entry[0] == "x-request-id"]
    context.send_initial_metadata(request_id)
    context.set_trailing_metadata(request_id)
    try:
        yield
    except Refusal as refusal:
        status = rpc_status.to_status(refusal.status())
        context.set_trailing_metadata([*request_id, *status.trailing_metadata])
        context.abort(status.code, status.details)
    finally:
        # Also reached when the client or the deadline has ended the call: the iterator of
        # requests raises then.
        logging.info("%s ended", method)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = grpc.server(ThreadPoolExecutor(), options=SERVER_OPTIONS)
    greeter_pb2_grpc.add_GreeterServiceServicer_to_server(Greeter(), server)
    try:
        port = server.add_insecure_port(f"127.0.0.1:{server_arguments().port}")
    except RuntimeError as error:  # The port is in use.
        sys.exit(str(error))
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        server.stop(GRACE_SECONDS).wait()


if __name__ == "__main__":
    main()
