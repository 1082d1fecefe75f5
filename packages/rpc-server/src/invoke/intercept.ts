import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { InterceptedCall } from "../context/intercepted-call.ts";
import type { Body, Next } from "../context/intercepted-call.ts";

/** The implementation, as the innermost of the interceptors calls it. */
export type Innermost<B extends Body> = (message: B, context: HandlerContext) => B | Promise<B>;

/** A response that has come through all interceptors. */
export interface Intercepted<B extends Body> {
  readonly message: B;
  /** What they have made of the trailers becomes the call's. That of the headers is already. */
  readonly adoptTrailer: () => void;
}

/**
 * Calls an implementation through the interceptors of its route. They are
 * applied anew at each call, as Connect does: what one keeps between
 * `(next) => …` and its inner function belongs to one call.
 */
export async function intercept<B extends Body>(
  call: Call,
  stream: boolean,
  message: B,
  innermost: Innermost<B>,
): Promise<Intercepted<B>> {
  const intercepted = new InterceptedCall(call.context, call.handlerContext, stream, message);
  let next: Next = async (request) => {
    const context = intercepted.contextOf(request);
    return intercepted.reply(await innermost(request.message as B, context));
  };
  for (const interceptor of call.route.interceptors.toReversed()) next = interceptor(next);
  const reply = await next(intercepted.request);
  intercepted.adoptHeader(reply);
  return { message: reply.message as B, adoptTrailer: () => intercepted.adoptTrailer(reply) };
}
