import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "@connectrpc/connect";

/** How the messages of one call are compressed. */
export interface MessageCompression {
  /** Did the latest message of the request come compressed? */
  readonly received: boolean;
  /**
   * For the messages of the response from the next one on: `true` compresses
   * them whatever their size, `false` none, and `undefined`, the default, those
   * from `compressMinBytes` on. Without an effect where the client accepts no
   * compression that the server has.
   */
  send: boolean | undefined;
}

/**
 * Tells whether a message came compressed, and turns compression on and off:
 *
 * ```ts
 * context.values.get(messageCompressionKey).send = false;
 * ```
 *
 * Under another server, or another protocol than gRPC, it has no effect.
 */
export const messageCompressionKey: ContextKey<MessageCompression> = createContextKey(
  {
    received: false,
    get send(): boolean | undefined {
      return undefined;
    },
    set send(_value: boolean | undefined) {
      // The one value is shared by all calls that have none of their own.
    },
  },
  { description: "compression of messages" },
);
