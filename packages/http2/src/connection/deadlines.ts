/** What a connection waits for, RFC order aside: each at most once at a time. */
export const Deadline = {
  PREFACE: 0,
  SETTINGS_ACK: 1,
  HEADER_BLOCK: 2,
  WRITE_PROGRESS: 3,
  STALLED_SEND: 4,
  DRIBBLE: 5,
  GOAWAY_PING: 6,
  KEEPALIVE: 7,
  IDLE: 8,
  AGE: 9,
  AGE_GRACE: 10,
} as const;
export type Deadline = (typeof Deadline)[keyof typeof Deadline];

const COUNT = 11;

/**
 * The deadlines of one connection, without a timer: its driver asks for the
 * next one and says what time it is.
 *
 * A command of the application doesn't say it. What it arms counts from the
 * next time that is told, for the last one told may be hours old.
 */
export class Deadlines {
  /** The latest time that was told, in ms. */
  now: number;
  readonly #at: number[] = Array.from({ length: COUNT }, () => Infinity);
  #next = Infinity;
  #stale = false;
  /** Bit `1 << deadline`: armed since the time was last told. */
  #floating = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** It is `now`: what was armed by commands since the last time counts from here. */
  advance(now: number): void {
    const passed = now - this.now;
    this.now = now;
    if (this.#floating === 0) return;
    if (passed > 0) {
      for (let i = 0; i < COUNT; i++) {
        if ((this.#floating & (1 << i)) !== 0) this.#at[i] = (this.#at[i] as number) + passed;
      }
      this.#stale = true;
    }
    this.#floating = 0;
  }

  /** The time that was told holds for all that has been armed so far. */
  settle(): void {
    this.#floating = 0;
  }

  /** In `ms` from now; Infinity is never. */
  arm(deadline: Deadline, ms: number): void {
    this.#at[deadline] = this.now + ms;
    this.#floating |= 1 << deadline;
    this.#stale = true;
  }

  clear(deadline: Deadline): void {
    if (this.#at[deadline] === Infinity) return;
    this.#at[deadline] = Infinity;
    this.#stale = true;
  }

  clearAll(): void {
    this.#at.fill(Infinity);
    this.#stale = true;
  }

  isArmed(deadline: Deadline): boolean {
    return this.#at[deadline] !== Infinity;
  }

  /** When the first of them is due; Infinity without any. */
  get next(): number {
    if (this.#stale) {
      this.#next = Math.min(...this.#at);
      this.#stale = false;
    }
    return this.#next;
  }

  /** Has `deadline` passed? Then it is cleared. */
  takeExpired(deadline: Deadline): boolean {
    if ((this.#at[deadline] as number) > this.now) return false;
    this.clear(deadline);
    return true;
  }
}
