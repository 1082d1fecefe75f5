import { ConnectError } from "@connectrpc/connect";
import type { Interceptor, UnaryRequest, UnaryResponse } from "@connectrpc/connect";
import { abortReason } from "../call/abort-reason.ts";
import type { ChannelCore } from "../channel-core.ts";
import { RetryDecider } from "../retry/decision.ts";
import { parsePushback, pushbackHeader } from "../retry/pushback.ts";

/**
 * Tries unary calls again by the service config's policy (gRFC A6), for
 * protocols whose status the channel doesn't read itself. The innermost
 * interceptor: the others run once a call.
 */
export function retryingInterceptor(core: ChannelCore): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const { retryPolicy: policy } = core.configOf(
      `/${request.service.typeName}/${request.method.name}`,
    );
    if (policy === undefined) return next(request);
    const { budget, maxAttempts: attemptsLimit } = core;
    const decider = new RetryDecider({ policy, budget, attemptsLimit }, () => core.random());
    for (;;) {
      const outcome = await attempt(next as UnaryNext, request, decider.attempts - 1);
      if (!(outcome instanceof ConnectError)) {
        decider.succeeded();
        return outcome;
      }
      const decision = decider.failed({
        reach: "seen",
        code: outcome.code,
        pushback: parsePushback(outcome.metadata.get(pushbackHeader)),
      });
      // Transparent retries are the connection's: it has made them by now.
      if (decision.kind !== "retry") throw outcome;
      await pause(core, decision.delayMs, request.signal);
    }
  };
}

type UnaryNext = (request: UnaryRequest) => Promise<UnaryResponse>;

async function attempt(
  next: UnaryNext,
  request: UnaryRequest,
  previous: number,
): Promise<UnaryResponse | ConnectError> {
  if (previous > 0) request.header.set("grpc-previous-rpc-attempts", String(previous));
  try {
    return await next(request);
  } catch (error) {
    return ConnectError.from(error);
  }
}

function pause({ timers }: ChannelCore, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = timers.set(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timers.clear(timer);
      reject(abortReason(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
