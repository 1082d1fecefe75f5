import type { ConnectivityState } from "./connectivity.ts";

/** The states of a channel, for those who watch: each gets every one, in order. */
export class StateWatch {
  #state: ConnectivityState = "IDLE";
  readonly #watchers: Set<(state: ConnectivityState) => void> = new Set();

  get state(): ConnectivityState {
    return this.#state;
  }

  move(state: ConnectivityState): void {
    if (state === this.#state || this.#state === "SHUTDOWN") return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  /** The state as it is, then each that follows; ends after SHUTDOWN, and when `signal` is aborted. */
  watch(signal: AbortSignal | undefined): AsyncIterableIterator<ConnectivityState> {
    const states: ConnectivityState[] = [this.#state];
    let waiting: PromiseWithResolvers<void> | undefined;
    const wake = (): void => waiting?.resolve();
    const watcher = (state: ConnectivityState): void => {
      states.push(state);
      wake();
    };
    this.#watchers.add(watcher);
    signal?.addEventListener("abort", wake, { once: true });
    const stop = (): void => {
      this.#watchers.delete(watcher);
      signal?.removeEventListener("abort", wake);
    };
    return (async function* iterate(): AsyncGenerator<ConnectivityState, void> {
      try {
        for (;;) {
          if (signal?.aborted === true) return;
          const state = states.shift();
          if (state !== undefined) {
            yield state;
            if (state === "SHUTDOWN") return;
            continue;
          }
          waiting = Promise.withResolvers<void>();
          await waiting.promise;
        }
      } finally {
        stop();
      }
    })();
  }
}
