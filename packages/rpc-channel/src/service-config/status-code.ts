import { Code } from "@connectrpc/connect";

/** The names of status codes, as gRPC spells them (gRPC, "Status Codes"). */
const codes: Readonly<Record<string, Code>> = {
  CANCELLED: Code.Canceled,
  UNKNOWN: Code.Unknown,
  INVALID_ARGUMENT: Code.InvalidArgument,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  NOT_FOUND: Code.NotFound,
  ALREADY_EXISTS: Code.AlreadyExists,
  PERMISSION_DENIED: Code.PermissionDenied,
  RESOURCE_EXHAUSTED: Code.ResourceExhausted,
  FAILED_PRECONDITION: Code.FailedPrecondition,
  ABORTED: Code.Aborted,
  OUT_OF_RANGE: Code.OutOfRange,
  UNIMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
  UNAVAILABLE: Code.Unavailable,
  DATA_LOSS: Code.DataLoss,
  UNAUTHENTICATED: Code.Unauthenticated,
};

/** The code of a failure by its number from 1 to 16 or its name in any case; undefined for what is none. */
export function parseStatusCode(value: unknown): Code | undefined {
  if (typeof value === "string") {
    const name = value.toUpperCase();
    return Object.hasOwn(codes, name) ? codes[name] : undefined;
  }
  return Object.values(codes).find((code) => (code as number) === value);
}
