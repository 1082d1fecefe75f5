import type { AddressProblem } from "../address.ts";

/** What is wrong with the command line. */
export type UsageFault =
  | {
      readonly kind: "unknown-option";
      readonly option: string;
      readonly similar: readonly string[];
    }
  | { readonly kind: "missing-value"; readonly option: string }
  | { readonly kind: "conflict"; readonly options: readonly [string, string] }
  | { readonly kind: "several-names"; readonly names: readonly string[] }
  | { readonly kind: "no-names" }
  | { readonly kind: "names-with-each" }
  | { readonly kind: "empty-language"; readonly value: string }
  | {
      readonly kind: "bad-address";
      readonly source: string;
      readonly value: string;
      readonly problem: AddressProblem;
    }
  | { readonly kind: "bad-timeout"; readonly value: string }
  | { readonly kind: "bad-header"; readonly value: string; readonly problem: HeaderProblem };

/** Why a text is not a header of a call. */
export type HeaderProblem = "no-equals-sign" | "bad-name" | "reserved" | "bad-value" | "not-base64";

/** The command line can't be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly fault: UsageFault;

  constructor(fault: UsageFault) {
    super(fault.kind);
    this.fault = fault;
  }
}
