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
  | (Wrong & { readonly kind: "bad-address"; readonly problem: AddressProblem })
  | (Wrong & { readonly kind: "bad-switch" })
  | (Wrong & { readonly kind: "tls-with-http" })
  | { readonly kind: "needs-tls"; readonly source: string }
  | { readonly kind: "lone-file"; readonly source: string; readonly missing: string }
  | (Wrong & {
      readonly kind: "bad-file";
      readonly problem: FileProblem;
      /** The system's code; of a key that is another's, the certificate's file. */
      readonly reason: string;
    })
  | (Wrong & { readonly kind: "bad-server-name" })
  | { readonly kind: "bad-token"; readonly source: string }
  | { readonly kind: "plaintext-token"; readonly source: string }
  | (Wrong & { readonly kind: "bad-retry" })
  | (Wrong & { readonly kind: "bad-balancer"; readonly known: readonly string[] })
  | { readonly kind: "bad-timeout"; readonly value: string }
  | { readonly kind: "bad-header"; readonly value: string; readonly problem: HeaderProblem };

/** A value that is no good, and the option or variable that it comes from. */
interface Wrong {
  readonly source: string;
  readonly value: string;
}

/** Why a text is not a target. */
export type AddressProblem =
  | "malformed"
  | "no-host"
  | "bad-port"
  | "srv-port"
  | "no-ip"
  | "ipv6"
  | "name-server"
  | "socket"
  | "url"
  | "scheme";

/** Why a file is of no use for TLS, or for the token. */
export type FileProblem =
  | "unreadable"
  | "no-certificate"
  | "no-key"
  | "encrypted-key"
  | "other-key";

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
