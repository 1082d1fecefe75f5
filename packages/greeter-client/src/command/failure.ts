import type { InputProblem } from "./names.ts";
import type { UsageFault } from "./usage-error.ts";

/** A field that the server refused. */
export interface FieldViolation {
  /** Its path, such as "name" or "language_tags[2]". */
  readonly field: string;
  readonly description: string;
}

/** Why there is no connection, or no more. */
export type UnavailableReason =
  | "refused"
  | "unknown-host"
  | "unreachable"
  | "not-grpc"
  | "untrusted"
  | "expired"
  | "other-name"
  | "client-certificate"
  | "going-away"
  | "broken";

/** What a call was doing when its time was up. */
export type Waiting = "name" | "connection" | "stream" | "response" | "rest" | "retry";

/** How far a call had come. */
export interface Trail {
  /** The last address that was tried: "127.0.0.1:50051". */
  readonly address?: string;
  /** Attempts of the call, 1 or more. */
  readonly attempts: number;
  /** What went wrong before, where that isn't the failure itself. */
  readonly last?: string;
}

/** How a command ended, other than well. `text` is the server's own. */
export type Failure =
  | { readonly kind: "usage"; readonly fault: UsageFault }
  | { readonly kind: "input"; readonly problem: InputProblem }
  | {
      readonly kind: "invalid-argument";
      readonly fields: readonly FieldViolation[];
      readonly text: string;
    }
  | { readonly kind: "no-connection"; readonly reason: UnavailableReason; readonly trail: Trail }
  | { readonly kind: "unavailable"; readonly text: string; readonly trail: Trail }
  | {
      readonly kind: "deadline";
      /** Undefined where it is the server that says so. */
      readonly waiting?: Waiting;
      readonly trail: Trail;
    }
  | { readonly kind: "interrupted" }
  | { readonly kind: "cancelled"; readonly text: string }
  | { readonly kind: "unauthenticated"; readonly text: string }
  | { readonly kind: "permission-denied"; readonly text: string }
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
  unauthenticated: 6,
  "permission-denied": 6,
  interrupted: 130,
  cancelled: 130,
  unimplemented: 1,
  rpc: 1,
  unexpected: 1,
};
