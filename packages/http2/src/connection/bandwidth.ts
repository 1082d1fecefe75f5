/** A window is too small when so much of it arrives within one round trip. */
const FULL = 0.66;

/**
 * Finds the window that a connection needs: the product of its bandwidth and
 * its delay. A PING goes out with a WINDOW_UPDATE; what arrives until it is
 * answered fits into one round trip. When that fills most of the window, the
 * window is what slows the peer down, and twice as much is tried.
 */
export class BandwidthEstimator {
  #window: number;
  readonly #max: number;
  /** The PING is answered: what came with the answer still counts. */
  answered = false;
  #measuring = false;
  #sample = 0;
  /** Octets since the last measurement: the next waits for a window of them. */
  #since = 0;

  /** Both in octets. */
  constructor(window: number, max: number) {
    this.#window = window;
    this.#max = max;
  }

  received(octets: number): void {
    if (this.#measuring) this.#sample += octets;
    this.#since += octets;
  }

  /** @returns whether to send a PING with the WINDOW_UPDATE that goes out now; then a measurement has begun */
  begin(): boolean {
    if (this.#measuring || this.#window >= this.#max || this.#since < this.#window) return false;
    this.#measuring = true;
    this.#sample = 0;
    return true;
  }

  /** The turn ends in which the PING was answered. @returns the size that the windows should have; the one they have where it is enough */
  end(): number {
    this.answered = false;
    this.#measuring = false;
    this.#since = 0;
    if (this.#sample >= this.#window * FULL) {
      this.#window = Math.min(this.#max, Math.max(this.#window, this.#sample * 2));
    }
    return this.#window;
  }
}
