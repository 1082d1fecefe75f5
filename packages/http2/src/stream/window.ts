import { MAX_WINDOW_SIZE } from "../constants.ts";

// All arithmetic of flow control (RFC 9113 §5.2, §6.9) is here. Sums stay below
// 2^53 and are never cut to 32 bits, so that an overflow is seen.

/**
 * The size that the windows of all streams of one direction begin with. A
 * SETTINGS frame changes it for the open ones too (§6.9.2): windows hold only
 * their distance from it, so the change is one assignment however many there
 * are, and may leave a window negative.
 */
export class InitialWindow {
  size: number;

  constructor(size: number) {
    this.size = size;
  }
}

/** How much we may send: on one stream, or on the connection. */
export class SendWindow {
  readonly #initial: InitialWindow;
  /** Octets that the peer has granted beyond the initial size, less those sent. */
  #balance = 0;

  constructor(initial: InitialWindow) {
    this.#initial = initial;
  }

  /** Octets that may be sent; negative after the peer has made its windows smaller. */
  get available(): number {
    return this.#initial.size + this.#balance;
  }

  /** `octets` of DATA are sent. */
  take(octets: number): void {
    this.#balance -= octets;
  }

  /**
   * The peer's WINDOW_UPDATE.
   *
   * @returns false, and leaves the window as it is, where that would make it larger than 2^31-1 (§6.9.1)
   */
  grant(octets: number): boolean {
    if (this.available + octets > MAX_WINDOW_SIZE) return false;
    this.#balance += octets;
    return true;
  }

  /** Would it be too large if the initial size were `size`? */
  overflowsAt(size: number): boolean {
    return size + this.#balance > MAX_WINDOW_SIZE;
  }
}

/**
 * How much the peer may send, on one stream or on the connection. Octets are
 * received, then consumed, and then their credit is returned, in one
 * WINDOW_UPDATE for at least a quarter of the window: small ones would cost
 * more than they carry, and one for all of it would leave the peer waiting.
 */
export class ReceiveWindow {
  /** Octets received and not yet consumed. */
  unconsumed = 0;

  readonly #initial: InitialWindow;
  /** Octets that we have granted beyond the initial size, less those received. */
  #balance = 0;
  /** Octets consumed whose credit is not returned yet. */
  #due = 0;
  /** Octets granted ahead for a large message, whose credit is not to be returned again. */
  #ahead = 0;

  constructor(initial: InitialWindow) {
    this.#initial = initial;
  }

  /** Octets that the peer may send as far as it knows. */
  get available(): number {
    return this.#initial.size + this.#balance;
  }

  /** @returns false where `octets` are more than the peer was granted: they are not counted then */
  receive(octets: number): boolean {
    if (octets > this.available) return false;
    this.#balance -= octets;
    this.unconsumed += octets;
    return true;
  }

  consume(octets: number): void {
    this.unconsumed -= octets;
    const absorbed = Math.min(octets, this.#ahead);
    this.#ahead -= absorbed;
    this.#due += octets - absorbed;
  }

  /** @returns the increment of the WINDOW_UPDATE that is due, 0 for none */
  takeDue(): number {
    const due = this.#due;
    if (due === 0 || due * 4 < this.#initial.size) return 0;
    this.#due = 0;
    this.#balance += due;
    return due;
  }

  /**
   * Grants ahead what is missing for `octets` more to come without waiting.
   *
   * @returns the increment of the WINDOW_UPDATE, 0 for none
   */
  widen(octets: number): number {
    // What is received but not consumed comes back by itself; what is due goes out first.
    const missing = Math.min(octets, MAX_WINDOW_SIZE) - this.available;
    if (missing <= 0) return 0;
    const due = Math.min(missing, this.#due);
    this.#due -= due;
    this.#ahead += missing - due;
    this.#balance += missing;
    return missing;
  }
}
