import type { Failure } from "../failure.ts";
import type { UsageFault } from "../usage-error.ts";

/** One line for each kind of fault. */
export type Lines<Fault extends { readonly kind: string }, Context = void> = {
  readonly [Kind in Fault["kind"]]: (
    fault: Extract<Fault, { readonly kind: Kind }>,
    context: Context,
  ) => string;
};

/** What a failure doesn't know by itself. */
export interface FailureContext {
  /** As the person wrote it: "localhost:50051". */
  readonly target: string;
  /** Whether the call went, or should have gone, over TLS. */
  readonly tls: boolean;
  /** Undefined where the call had no deadline of ours. */
  readonly timeoutMs: number | undefined;
}

/** An option's help: the name of its value, where it has one, and what it does. */
interface OptionHelp {
  readonly value?: string;
  readonly text: string;
}

/** The options' long names. */
export type OptionName =
  | "languages"
  | "all"
  | "each"
  | "address"
  | "tls"
  | "ca"
  | "cert"
  | "key"
  | "server-name"
  | "token"
  | "token-file"
  | "plaintext-token"
  | "balancer"
  | "retry"
  | "timeout"
  | "header"
  | "watch"
  | "json"
  | "help"
  | "version";

/** All that the command says to a person, in one language. */
export interface Messages {
  readonly description: string;
  readonly usage: string;
  readonly names: { readonly term: string; readonly text: string };
  /** The headings of the help, by commander's. */
  readonly titles: Readonly<Record<"Usage:" | "Arguments:" | "Options:", string>>;
  readonly options: Readonly<Record<OptionName, OptionHelp>>;
  /** Below the options: examples and exit codes. */
  readonly epilogue: string;
  readonly faults: Lines<UsageFault>;
  readonly failures: Lines<Exclude<Failure, { readonly kind: "usage" }>, FailureContext>;
  /** Where to read on, after a fault of the command line. */
  readonly seeHelp: string;
}
