import { createContextKey } from "@connectrpc/connect";
import type { ContextKey, Interceptor } from "@connectrpc/connect";
import { ConnectError } from "@connectrpc/connect";

/** How a call went that Connect's code has answered in its protocol's own way. */
export interface Outcome {
  error: ConnectError | undefined;
}

export const outcomeKey: ContextKey<Outcome | undefined> = createContextKey<Outcome | undefined>(
  undefined,
  { description: "outcome of the call" },
);

/** Notes what implementations and interceptors throw. It goes before all others. */
export const noteOutcome: Interceptor = (next) => async (request) => {
  const outcome = request.contextValues.get(outcomeKey);
  if (outcome === undefined) return next(request);
  try {
    const response = await next(request);
    return response.stream ? { ...response, message: noting(response.message, outcome) } : response;
  } catch (error) {
    outcome.error = ConnectError.from(error);
    throw error;
  }
};

async function* noting<T>(messages: AsyncIterable<T>, outcome: Outcome): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    outcome.error = ConnectError.from(error);
    throw error;
  }
}
