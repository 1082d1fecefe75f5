import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a client may go on with a request that has been answered, in ms. */
const lingerMs = 5_000;

/**
 * Reads what is left of a request once it has been answered, and drops it: a
 * client that reads nothing before it has written all would else wait for
 * ever. Who takes longer than `lingerMs` is cut off.
 *
 * To be called before anyone reads the request.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  // Whoever stops in the middle of an iteration destroys the request, and the
  // socket, which is used on, would never be read again.
  request[Symbol.asyncIterator] = () =>
    request.iterator({ destroyOnReturn: false }) as NodeJS.AsyncIterator<Buffer>;
  response.once("finish", () => {
    if (request.complete || request.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    request.once("close", () => clearTimeout(timer));
    // Whoever still wants to read it would hold it back.
    request.removeAllListeners("readable");
    request.removeAllListeners("data");
    request.on("error", () => {});
    request.resume();
  });
}
