"""The greeter on grpcio's asyncio: python -m aio.server --port 50051"""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
    async def SayHello(self, request, context):
        async with answering(context, "SayHello"):
            return pb.SayHelloResponse(greeting=greet(request.name, request.language_tag))

    async def SayHelloInLanguages(self, request, context):
        async with answering(context, "SayHelloInLanguages"):
            for greeting, tag in greet_in_languages(request.name, request.language_tags):
                yield pb.SayHelloInLanguagesResponse(greeting=greeting, language_tag=tag)

    async def SayHelloToAll(self, requests, context):
        async with answering(context, "SayHelloToAll"):
            everyone = Everyone()
            async for request in requests:
                everyone.add(request.name)
            return pb.SayHelloToAllResponse(greeting=everyone.greet())

    async def SayHelloToEach(self, requests, context):
        async with answering(context, "SayHelloToEach"):
            async for request in requests:
                yield pb.SayHelloToEachResponse(greeting=greet(request.name))


@asynccontextmanager
async def answering(context: grpc.aio.ServicerContext, method: str) -> AsyncIterator[None]:
    """What the calls have in common: the request id sent back, and how a call may fail."""
    request_id = [entry for entry in context.invocation_metadata() if entry[0] == "x-request-id"]
    await context.send_initial_metadata(request_id)
    context.set_trailing_metadata(request_id)
    try:
        yield
    except Refusal as refusal:
        status = rpc_status.to_status(refusal.status())
        trailers = (*request_id, *status.trailing_metadata)
        await context.abort(status.code, status.details, trailers)
    finally:
        # Also reached when the client or the deadline has ended the call. grpcio ends its requests
        # like complete ones then: a handler with effects should not take their end for a consent.
        logging.info("%s ended", method)


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    server = grpc.aio.server(options=SERVER_OPTIONS)
    greeter_pb2_grpc.add_GreeterServiceServicer_to_server(Greeter(), server)
    try:
        port = server.add_insecure_port(f"127.0.0.1:{server_arguments().port}")
    except RuntimeError as error:  # The port is in use.
        sys.exit(str(error))
    await server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    stopped = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopped.set)
    await stopped.wait()
    await server.stop(GRACE_SECONDS)


if __name__ == "__main__":
    asyncio.run(main())
