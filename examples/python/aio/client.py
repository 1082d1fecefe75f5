"""Calls the greeter with grpcio's asyncio: python -m aio.client hello Анна en"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator

import grpc
from grpc_status import rpc_status

from arguments import client_arguments, names_from_stdin
from greeter.v1 import greeter_pb2 as pb
from greeter.v1.greeter_pb2_grpc import GreeterServiceStub
from outcome import print_outcome, print_response


async def main() -> int:
    arguments = client_arguments()
    options = {
        "timeout": arguments.timeout,
        "metadata": [("x-request-id", arguments.request_id)],
    }
    async with grpc.aio.insecure_channel(arguments.address) as channel:
        stub = GreeterServiceStub(channel)
        match arguments.method:
            case "hello":
                request = pb.SayHelloRequest(
                    name=arguments.name, language_tag=arguments.language
                )
                call = stub.SayHello(request, **options)
                responses = only(call)
            case "languages":
                request = pb.SayHelloInLanguagesRequest(
                    name=arguments.name, language_tags=arguments.languages
                )
                call = responses = stub.SayHelloInLanguages(request, **options)
            case "all":
                requests = (pb.SayHelloToAllRequest(name=name) for name in arguments.names)
                call = stub.SayHelloToAll(requests, **options)
                responses = only(call)
            case "each":
                requests = (pb.SayHelloToEachRequest(name=name) async for name in typed_names())
                call = responses = stub.SayHelloToEach(requests, **options)
        try:
            async for response in responses:
                print_response(response)
        except grpc.aio.AioRpcError:
            pass  # The outcome tells.
        except asyncio.CancelledError:  # Ctrl-C cancels this task.
            call.cancel()
        return print_outcome(
            await call.code(),
            await call.details(),
            await rpc_status.aio.from_call(call),
            await call.initial_metadata(),
            await call.trailing_metadata(),
        )


async def only(call: grpc.aio.Call) -> AsyncIterator:
    """The one response of a call, to be iterated over like a stream of them."""
    yield await call


async def typed_names() -> AsyncIterator[str]:
    """The lines of standard input, read by a thread that does not keep the program alive."""
    loop = asyncio.get_running_loop()
    names: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        for name in names_from_stdin():
            loop.call_soon_threadsafe(names.put_nowait, name)
        loop.call_soon_threadsafe(names.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (name := await names.get()) is not None:
        yield name


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
