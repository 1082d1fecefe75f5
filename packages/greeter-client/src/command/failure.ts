import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { InputError } from "./names.ts";
import type { InputProblem } from "./names.ts";
import { UsageError } from "./usage-error.ts";
import type { UsageFault } from "./usage-error.ts";

/** A field that the server refused. */
export interface FieldViolation {
  /** Its path, such as "name" or "language_tags[2]". */
  readonly field: string;
  readonly description: string;
}

/** Why there is no connection, or no more. */
export type UnavailableReason = "refused" | "unknown-host" | "unreachable" | "not-grpc" | "broken";

/** How a command ended, other than well. `text` is the server's own. */
export type Failure =
  | { readonly kind: "usage"; readonly fault: UsageFault }
  | { readonly kind: "input"; readonly problem: InputProblem }
  | {
      readonly kind: "invalid-argument";
      readonly fields: readonly FieldViolation[];
      readonly text: string;
    }
  | { readonly kind: "no-connection"; readonly reason: UnavailableReason }
  | { readonly kind: "unavailable"; readonly text: string }
  | { readonly kind: "deadline" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "cancelled"; readonly text: string }
  | { readonly kind: "unimplemented"; readonly text: string }
  | { readonly kind: "rpc"; readonly code: string; readonly text: string }
  | { readonly kind: "unexpected"; readonly text: string };

/** What the command exits with; the help lists these. */
export const exitCodes: Readonly<Record<Failure["kind"], number>> = {
  usage: 2,
  input: 2,
  "invalid-argument": 3,
  "no-connection": 4,
  unavailable: 4,
  deadline: 5,
  interrupted: 130,
  cancelled: 130,
  unimplemented: 1,
  rpc: 1,
  unexpected: 1,
};

/** Sorts out an error; `interrupted` where the person has cancelled the call. */
export function failureOf(error: unknown, interrupted: boolean): Failure {
  if (error instanceof UsageError) {
    return { kind: "usage", fault: error.fault };
  }
  if (interrupted) {
    return { kind: "interrupted" };
  }
  const inputError = causes(error).find((cause) => cause instanceof InputError);
  if (inputError !== undefined) {
    return { kind: "input", problem: inputError.problem };
  }
  if (error instanceof ConnectError) {
    return rpcFailure(error);
  }
  return { kind: "unexpected", text: error instanceof Error ? error.message : String(error) };
}

function rpcFailure(error: ConnectError): Failure {
  const known = rpcFailures[error.code];
  return known === undefined
    ? { kind: "rpc", code: grpcName(error.code), text: error.rawMessage }
    : known(error);
}

/** The codes that a person can do something about. */
const rpcFailures: Partial<Record<Code, (error: ConnectError) => Failure>> = {
  [Code.Canceled]: ({ rawMessage: text }) => ({ kind: "cancelled", text }),
  [Code.InvalidArgument]: (error) => ({
    kind: "invalid-argument",
    fields: fieldViolations(error),
    text: error.rawMessage,
  }),
  [Code.DeadlineExceeded]: () => ({ kind: "deadline" }),
  [Code.Unimplemented]: ({ rawMessage: text }) => ({ kind: "unimplemented", text }),
  [Code.Unavailable]: (error) => {
    const reason = unavailableReason(error);
    return reason === undefined
      ? { kind: "unavailable", text: error.rawMessage }
      : { kind: "no-connection", reason };
  },
};

function fieldViolations(error: ConnectError): readonly FieldViolation[] {
  return error
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations)
    .map(({ field, description }) => ({ field, description }));
}

const reasons: Readonly<Record<string, UnavailableReason>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "unknown-host",
  EAI_AGAIN: "unknown-host",
  ETIMEDOUT: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EPROTO: "not-grpc",
  ECONNRESET: "broken",
};

function unavailableReason(error: ConnectError): UnavailableReason | undefined {
  return causes(error)
    .map(({ code }) => (typeof code === "string" ? reasons[code] : undefined))
    .find((reason) => reason !== undefined);
}

/** The error and the causes under it. */
function causes(error: unknown): (Error & { code?: unknown })[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}

/** "ResourceExhausted" is RESOURCE_EXHAUSTED in gRPC. */
function grpcName(code: Code): string {
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
