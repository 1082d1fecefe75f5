import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import type { RequestView } from "./request-view.ts";

/** A request that no route has the path of. */
export interface FallbackRequest extends RequestView {
  /** The body's octets. Reading them is what lets the client send more. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when the request has been answered, or its client is gone. */
  readonly signal: AbortSignal;
}

/**
 * Answers what no route has the path of. `body` of the answer belongs to the
 * server: what it has yielded must not be changed. What this throws or rejects
 * with is logged, and answered with 500.
 */
export type Fallback = (
  request: FallbackRequest,
) => UniversalServerResponse | Promise<UniversalServerResponse>;
