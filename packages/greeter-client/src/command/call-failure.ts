import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { causesOf, channelReport, unavailableReason, waitingOf } from "./channel-report.ts";
import type { Failure, FieldViolation } from "./failure.ts";
import { InputError } from "./names.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Sorts out what a call ended with.
 *
 * @param target as the user wrote it
 * @param interrupted the person has cancelled the call
 */
export function failureOf(error: unknown, target: string, interrupted: boolean): Failure {
  if (error instanceof UsageError) {
    return { kind: "usage", fault: error.fault };
  }
  if (interrupted) {
    return { kind: "interrupted" };
  }
  const inputError = causesOf(error).find((cause) => cause instanceof InputError);
  if (inputError !== undefined) {
    return { kind: "input", problem: inputError.problem };
  }
  if (error instanceof ConnectError) {
    return rpcFailure(error, target);
  }
  return { kind: "unexpected", text: error instanceof Error ? error.message : String(error) };
}

function rpcFailure(error: ConnectError, target: string): Failure {
  const text = channelReport(error, target)?.text ?? error.rawMessage;
  const known = rpcFailures[error.code];
  return known === undefined
    ? { kind: "rpc", code: grpcName(error.code), text }
    : known(error, text, target);
}

/** The codes that a person can do something about. */
const rpcFailures: Partial<
  Record<Code, (error: ConnectError, text: string, target: string) => Failure>
> = {
  [Code.Canceled]: (_, text) => ({ kind: "cancelled", text }),
  [Code.InvalidArgument]: (error, text) => ({
    kind: "invalid-argument",
    fields: fieldViolations(error),
    text,
  }),
  [Code.DeadlineExceeded]: (error, _, target) => {
    const report = channelReport(error, target);
    return {
      kind: "deadline",
      ...(report === undefined ? { trail: { attempts: 1 } } : waitingOf(report)),
    };
  },
  [Code.Unauthenticated]: (_, text) => ({ kind: "unauthenticated", text }),
  [Code.PermissionDenied]: (_, text) => ({ kind: "permission-denied", text }),
  [Code.Unimplemented]: (_, text) => ({ kind: "unimplemented", text }),
  [Code.Unavailable]: (error, text, target) => {
    const report = channelReport(error, target);
    const trail = report?.trail ?? { attempts: 1 };
    const reason = report && unavailableReason(error, report);
    return reason === undefined
      ? { kind: "unavailable", text, trail }
      : { kind: "no-connection", reason, trail };
  },
};

function fieldViolations(error: ConnectError): readonly FieldViolation[] {
  return error
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations)
    .map(({ field, description }) => ({ field, description }));
}

/** "ResourceExhausted" is RESOURCE_EXHAUSTED in gRPC. */
function grpcName(code: Code): string {
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
