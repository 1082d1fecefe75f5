import type { Duplex } from "node:stream";

/** Where output comes from: a connection. */
export interface OutputSource {
  readonly outputPending: boolean;
  takeOutput(): Uint8Array[];
}

/**
 * Octets handed to the socket in one go. The next go waits until these have
 * left, which is how the progress of a slow peer is seen: a stream of Node's
 * tells only when a whole write is done.
 */
const PORTION = 262_144;

const NOTHING: readonly Uint8Array[] = [];

/** What is on its way from a connection to its socket. */
export class OutputQueue {
  readonly #socket: Duplex;
  readonly #onWritten: () => void;
  #buffers: readonly Uint8Array[] = NOTHING;
  /** The first buffer that the socket has not been given. */
  #next = 0;
  #unsent = 0;
  #inFlight = 0;
  /** The last call of `write()` left something to write. */
  #waiting = false;

  /** @param onProgress called when a portion that didn't leave at once has left */
  constructor(socket: Duplex, onProgress: () => void) {
    this.#socket = socket;
    this.#onWritten = () => {
      if (!this.#waiting || !this.#settle()) return;
      this.#waiting = false;
      onProgress();
    };
  }

  /** Octets taken from the connection that have not left yet. */
  get unsent(): number {
    this.#settle();
    return this.#unsent;
  }

  /**
   * Writes what the socket takes without waiting; the rest follows as it drains.
   *
   * @returns octets taken from the connection
   */
  write(source: OutputSource): number {
    let taken = 0;
    while (this.#settle()) {
      if (this.#next === this.#buffers.length) {
        const octets = source.outputPending ? this.#take(source.takeOutput()) : 0;
        if (octets === 0) break;
        taken += octets;
      }
      this.#writePortion();
    }
    this.#waiting = this.#unsent > 0;
    return taken;
  }

  clear(): void {
    this.#forget();
    this.#unsent = 0;
    this.#inFlight = 0;
    this.#waiting = false;
  }

  #take(buffers: Uint8Array[]): number {
    let octets = 0;
    for (const buffer of buffers) octets += buffer.length;
    this.#buffers = buffers;
    this.#next = 0;
    this.#unsent += octets;
    return octets;
  }

  #writePortion(): void {
    const buffers = this.#buffers;
    let end = this.#next;
    let octets = 0;
    for (; end < buffers.length; end++) {
      const { length } = buffers[end] as Uint8Array;
      if (octets > 0 && octets + length > PORTION) break;
      octets += length;
    }
    const last = buffers[end - 1] as Uint8Array;
    this.#inFlight = octets;
    if (end - this.#next === 1) {
      this.#socket.write(last, this.#onWritten);
    } else {
      this.#socket.cork();
      for (let i = this.#next; i < end - 1; i++) this.#socket.write(buffers[i]);
      this.#socket.write(last, this.#onWritten);
      this.#socket.uncork();
    }
    this.#next = end;
    if (end === buffers.length) this.#forget();
  }

  /** What the socket has been given isn't held here any longer. */
  #forget(): void {
    this.#buffers = NOTHING;
    this.#next = 0;
  }

  /** @returns whether nothing is in flight any more */
  #settle(): boolean {
    if (this.#socket.writableLength > 0) return false;
    this.#unsent -= this.#inFlight;
    this.#inFlight = 0;
    return true;
  }
}
