import { Code, ConnectError } from "@connectrpc/connect";

/**
 * Hands `source` on until `signal` aborts, and then throws the signal's reason,
 * even while `source` is silent: a deadline ends a wait for the next message.
 *
 * The end of `source` is also checked against the signal, since a runtime may
 * end a cancelled upload just as it ends a complete one.
 *
 * @throws ConnectError the signal's reason; CANCELED where that is no ConnectError
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let result = await nextUntilAborted(iterator, signal);
  while (result.done !== true) {
    yield result.value;
    result = await nextUntilAborted(iterator, signal);
  }
}

/** @throws ConnectError the signal's reason, where it has aborted */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}

function reasonOf(signal: AbortSignal): ConnectError {
  return ConnectError.from(signal.reason, Code.Canceled);
}

function nextUntilAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  // Promise.race() would leave a reaction on the signal's side for each message.
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    const settle = (act: () => void): void => {
      signal.removeEventListener("abort", abort);
      act();
    };
    iterator.next().then(
      (result) => settle(() => (signal.aborted ? abort() : resolve(result))),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
