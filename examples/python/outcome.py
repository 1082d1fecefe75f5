"""How a call ended, for a person and for a program."""

import json
import sys
from collections.abc import Iterable

import grpc
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status


def print_response(response: Message) -> None:
    print(MessageToJson(response, indent=None, ensure_ascii=False), flush=True)


def print_outcome(
    code: grpc.StatusCode,
    message: str | None,
    status: Status | None,
    headers: Iterable[tuple[str, str | bytes]] | None,
    trailers: Iterable[tuple[str, str | bytes]] | None,
) -> int:
    """Prints the outcome on standard error and answers the exit code."""
    outcome = {
        "code": code.name,
        "message": message or "",
        "violations": violations(status),
        "requestId": {
            "headers": dict(headers or ()).get("x-request-id"),
            "trailers": dict(trailers or ()).get("x-request-id"),
        },
    }
    print(json.dumps(outcome, ensure_ascii=False), file=sys.stderr)
    return 0 if code is grpc.StatusCode.OK else 1


def violations(status: Status | None) -> list[dict[str, str]]:
    """The fields that a google.rpc.BadRequest among the details names."""
    found = []
    for detail in status.details if status else ():
        bad_request = BadRequest()
        if detail.Unpack(bad_request):
            found += [
                {"field": violation.field, "description": violation.description}
                for violation in bad_request.field_violations
            ]
    return found
