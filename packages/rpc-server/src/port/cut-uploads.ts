import { Code, ConnectError, createContextKey } from "@connectrpc/connect";
import type { ContextKey, Interceptor } from "@connectrpc/connect";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Has the client cut its request off? */
export const isCutKey: ContextKey<() => boolean> = createContextKey<() => boolean>(() => false);

/**
 * Connect's adapter ends the messages of a cancelled call as it ends those of
 * a complete one, and aborts the signal only later; with this they end with
 * CANCELED, as on our engine.
 */
export const refuseCutUploads: Interceptor = (next) => (request) =>
  request.stream
    ? next({
        ...request,
        message: throwIfCut(request.message, request.contextValues.get(isCutKey)),
      })
    : next(request);

async function* throwIfCut<T>(messages: AsyncIterable<T>, cut: () => boolean): AsyncGenerator<T> {
  yield* messages;
  // A client on node:http2 that cancels sends END_STREAM, and RST_STREAM right behind it.
  await nextTurn();
  if (cut()) throw new ConnectError("the client cancelled the call", Code.Canceled);
}
