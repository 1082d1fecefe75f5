"""Why the greeter refuses a call, as the gRPC status that says so."""

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status


class Refusal(Exception):
    """A request that is answered with an error, not with a greeting."""

    def __init__(self, code: grpc.StatusCode, message: str, *details: BadRequest) -> None:
        super().__init__(message)
        self._code = code
        self._details = details

    def status(self) -> Status:
        """The status with its details, as grpc_status.rpc_status.to_status takes it."""
        status = Status(code=self._code.value[0], message=str(self))
        for detail in self._details:
            packed = Any()
            packed.Pack(detail)
            status.details.append(packed)
        return status


def invalid(field: str, description: str) -> Refusal:
    """INVALID_ARGUMENT with a google.rpc.BadRequest that names the field."""
    violation = BadRequest.FieldViolation(field=field, description=description)
    return Refusal(
        grpc.StatusCode.INVALID_ARGUMENT,
        f"{field}: {description}",
        BadRequest(field_violations=[violation]),
    )


def exhausted(message: str) -> Refusal:
    """RESOURCE_EXHAUSTED."""
    return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
