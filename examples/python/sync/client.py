"""Calls the greeter with grpcio: python -m sync.client hello Анна en"""

import sys
from collections.abc import Iterator

import grpc
from grpc_status import rpc_status

from arguments import client_arguments, names_from_stdin
from greeter.v1 import greeter_pb2 as pb
from greeter.v1.greeter_pb2_grpc import GreeterServiceStub
from outcome import print_outcome, print_response


def main() -> int:
    arguments = client_arguments()
    options = {
        "timeout": arguments.timeout,
        "metadata": [("x-request-id", arguments.request_id)],
    }
    with grpc.insecure_channel(arguments.address) as channel:
        stub = GreeterServiceStub(channel)
        match arguments.method:
            case "hello":
                request = pb.SayHelloRequest(
                    name=arguments.name, language_tag=arguments.language
                )
                call = stub.SayHello.future(request, **options)
                responses = only(call)
            case "languages":
                request = pb.SayHelloInLanguagesRequest(
                    name=arguments.name, language_tags=arguments.languages
                )
                call = responses = stub.SayHelloInLanguages(request, **options)
            case "all":
                requests = (pb.SayHelloToAllRequest(name=name) for name in arguments.names)
                call = stub.SayHelloToAll.future(requests, **options)
                responses = only(call)
            case "each":
                requests = (pb.SayHelloToEachRequest(name=name) for name in names_from_stdin())
                call = responses = stub.SayHelloToEach(requests, **options)
        try:
            for response in responses:
                print_response(response)
        except grpc.RpcError:
            pass  # The outcome tells.
        except KeyboardInterrupt:
            call.cancel()
        return print_outcome(
            call.code(),
            call.details(),
            rpc_status.from_call(call),
            call.initial_metadata(),
            call.trailing_metadata(),
        )


def only(call: grpc.Future) -> Iterator:
    """The one response of a call, to be iterated over like a stream of them."""
    yield call.result()


if __name__ == "__main__":
    sys.exit(main())
