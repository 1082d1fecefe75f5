import { type ContextKey, createContextKey } from "@connectrpc/connect";

/** Which messages of a call's request are compressed. May change from message to message. */
export interface RequestCompression {
  /**
   * Read when a message is sent: `true` compresses it whatever its size,
   * `false` doesn't, and `undefined`, the default, does from
   * `compressMinBytes` on.
   */
  send: boolean | undefined;
}

/**
 * Turns the channel's `sendCompression` on and off, for single messages too:
 *
 * ```ts
 * const compression = { send: true };
 * const contextValues = createContextValues().set(requestCompression, compression);
 * ```
 *
 * Without `sendCompression`, and over other protocols than gRPC, it has no effect.
 */
export const requestCompression: ContextKey<RequestCompression> =
  createContextKey<RequestCompression>(Object.freeze({ send: undefined }), {
    description: "compression of requests",
  });
