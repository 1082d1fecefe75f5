import type { HandlerContext } from "@connectrpc/connect";

const header = "x-request-id";

/** What gRPC allows in the value of ASCII metadata ("ASCII-Value" of its HTTP/2 mapping). */
const legal = /^[\x20-\x7E]+$/;

/**
 * Sends the request's `x-request-id` back in headers and trailers. As a
 * router's `requestGate` it runs before the message is read, so that every
 * call has its id, however it ends; error metadata would reach the trailers
 * alone. A value that isn't legal in a response is left out.
 */
export function echoRequestId(context: HandlerContext): void {
  const id = context.requestHeader.get(header);
  if (id === null || !legal.test(id)) return;
  context.responseHeader.set(header, id);
  context.responseTrailer.set(header, id);
}
