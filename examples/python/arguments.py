"""The command lines of the clients and of the servers."""

import argparse
import sys
import uuid
from collections.abc import Iterator


def server_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves greeter.v1.GreeterService on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=50051, help="0 takes any free one")
    return parser.parse_args()


def client_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Calls greeter.v1.GreeterService. Each response is a line of JSON on standard"
        " output; how the call ended is one on standard error."
    )
    parser.add_argument("--address", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for the whole call")
    parser.add_argument(
        "--request-id", type=metadata_value, default=str(uuid.uuid4()), help="sent as x-request-id"
    )
    methods = parser.add_subparsers(dest="method", required=True)

    hello = methods.add_parser("hello", help="greets one person")
    hello.add_argument("name")
    hello.add_argument("language", nargs="?", default="")

    languages = methods.add_parser("languages", help="greets one person in many languages")
    languages.add_argument("name")
    languages.add_argument("languages", nargs="*", metavar="language")

    everyone = methods.add_parser("all", help="greets many people at once")
    everyone.add_argument("names", nargs="*", metavar="name")

    methods.add_parser("each", help="greets each name as it is read from standard input")
    return parser.parse_args()


def metadata_value(text: str) -> str:
    """gRPC sends no other text as metadata."""
    if not (text.isascii() and text.isprintable()):
        raise argparse.ArgumentTypeError("must be printable ASCII")
    return text


def names_from_stdin() -> Iterator[str]:
    """The lines of standard input as they come."""
    # Unbuffered, because whoever reads this is a thread that may still wait for a line when the
    # program ends, and Python cannot end while a thread holds the lock of a buffered reader.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as lines:
        for line in lines:
            yield line.decode(errors="replace").rstrip("\r\n")
