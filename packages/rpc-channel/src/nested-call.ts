import type { CallOptions, HandlerContext } from "@connectrpc/connect";

/**
 * Options for a call that an implementation makes in order to answer: it ends
 * when the outer call ends or is cancelled, and never outlasts its deadline.
 *
 *     const { greeting } = await client.sayHello({ name }, nestedCall(context));
 *
 * @param options of the call itself; a deadline of its own holds where it is the earlier one
 */
export function nestedCall(
  context: Pick<HandlerContext, "signal" | "timeoutMs">,
  options: CallOptions = {},
): CallOptions {
  const { signal, timeoutMs } = options;
  const leftMs = context.timeoutMs();
  const wanted = timeoutMs === undefined || timeoutMs <= 0 ? Infinity : timeoutMs;
  // 0 would be no deadline at all, where there is no time left.
  const limit = Math.min(wanted, leftMs === undefined ? Infinity : Math.max(leftMs, 1));
  return {
    ...options,
    signal: signal === undefined ? context.signal : AbortSignal.any([signal, context.signal]),
    ...(limit !== Infinity && { timeoutMs: limit }),
  };
}
