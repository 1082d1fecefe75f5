import type { Call } from "../call/call.ts";
import type { Route } from "../router/route.ts";
import { bidiStreaming } from "./bidi-streaming.ts";
import { clientStreaming } from "./client-streaming.ts";
import { serverStreaming } from "./server-streaming.ts";
import { unary } from "./unary.ts";

const byKind: Readonly<Record<Route["kind"], (call: Call) => void>> = {
  unary,
  server_streaming: serverStreaming,
  client_streaming: clientStreaming,
  bidi_streaming: bidiStreaming,
};

/** Has the request of `call` read, and its implementation answer it. */
export function invoke(call: Call): void {
  byKind[call.route.kind](call);
}
