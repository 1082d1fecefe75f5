import type { Message } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";

// The fields that the suite's service uses of connectrpc.conformance.v1, whose
// protos come with the runner: no code is generated of them.

export interface Header {
  readonly name: string;
  readonly value: readonly string[];
}

export interface ErrorDefinition {
  readonly code: number;
  readonly message?: string;
  readonly details: readonly Any[];
}

/** How a method with one response is to answer. */
export interface UnaryResponseDefinition {
  readonly responseHeaders: readonly Header[];
  readonly responseTrailers: readonly Header[];
  readonly responseDelayMs: number;
  readonly response:
    | { readonly case: "responseData"; readonly value: Uint8Array }
    | { readonly case: "error"; readonly value: ErrorDefinition }
    | { readonly case: undefined };
}

/** How a method with many responses is to answer. */
export interface StreamResponseDefinition {
  readonly responseHeaders: readonly Header[];
  readonly responseTrailers: readonly Header[];
  readonly responseDelayMs: number;
  readonly responseData: readonly Uint8Array[];
  readonly error?: ErrorDefinition;
}

/** A request whose response is one message. */
export interface UnaryRequest extends Message {
  readonly responseDefinition?: UnaryResponseDefinition;
}

/** A request whose response is a stream. */
export interface StreamRequest extends Message {
  readonly responseDefinition?: StreamResponseDefinition;
  /** Of BidiStream alone, and of its first request. */
  readonly fullDuplex?: boolean;
}

/** What a server has seen of a call. */
export interface RequestInfo {
  readonly requestHeaders?: readonly Header[];
  readonly timeoutMs?: bigint;
  readonly requests?: readonly Any[];
  readonly connectGetInfo?: { readonly queryParams: readonly Header[] };
}

export interface Payload {
  readonly data?: Uint8Array;
  readonly requestInfo?: RequestInfo;
}

/** Tells the program under test what to serve. */
export interface ServerCompatRequest extends Message {
  readonly httpVersion: number;
  readonly useTls: boolean;
  readonly serverCreds?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  readonly clientTlsCert: Uint8Array;
  readonly messageReceiveLimit: number;
}
