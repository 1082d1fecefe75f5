/** The longest that a timer of Node's can wait. */
const longestMs = 2_147_483_647;

/**
 * Keeps the process alive while there are calls, and only then: neither the
 * connections of a channel nor its alarms do. A call that waits between two
 * attempts has no socket that could do it.
 */
export class Presence {
  #calls = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  enter(): void {
    if (++this.#calls > 1) return;
    if (this.#timer === undefined) this.#timer = setInterval(() => {}, longestMs);
    else this.#timer.ref();
  }

  leave(): void {
    if (--this.#calls === 0) this.#timer?.unref();
  }
}

/** That of this thread. */
export const threadPresence: Presence = new Presence();
