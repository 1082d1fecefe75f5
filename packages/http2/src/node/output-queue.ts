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

/** What is on its way from a connection to its socket. */
export class OutputQueue {
  readonly #socket: Duplex;
  readonly #onWritten: () => void;
  #buffers: Uint8Array[] = [];
  /** The first buffer that the socket has not been given. */
  #next = 0;
  #unsent = 0;
  #inFlight = 0;

  /** @param onProgress called when a portion that didn't leave at once has left */
  constructor(socket: Duplex, onProgress: () => void) {
    this.#socket = socket;
    this.#onWritten = () => {
      if (this.#inFlight > 0 && this.#settle()) onProgress();
    };
  }

  /** Octets taken from the connection that have not left yet. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Nothing waits: what is written now can leave at once. */
  get idle(): boolean {
    return this.#unsent === 0;
  }

  /** Writes what the socket takes without waiting; the rest follows as it drains. */
  write(source: OutputSource): void {
    this.#settle();
    while (this.#inFlight === 0) {
      if (this.#next === this.#buffers.length) {
        if (!source.outputPending) return;
        this.#take(source.takeOutput());
      }
      this.#writePortion();
      if (!this.#settle()) return;
    }
  }

  clear(): void {
    this.#buffers = [];
    this.#next = 0;
    this.#unsent = 0;
    this.#inFlight = 0;
  }

  #take(buffers: Uint8Array[]): void {
    this.#buffers = buffers;
    this.#next = 0;
    for (const buffer of buffers) this.#unsent += buffer.length;
  }

  #writePortion(): void {
    const first = this.#buffers[this.#next];
    if (first === undefined) return;
    if (this.#next + 1 === this.#buffers.length) {
      this.#next++;
      this.#inFlight = first.length;
      this.#socket.write(first, this.#onWritten);
      return;
    }
    this.#socket.cork();
    let buffer: Uint8Array | undefined = first;
    while (
      buffer !== undefined &&
      (this.#inFlight === 0 || this.#inFlight + buffer.length <= PORTION)
    ) {
      this.#inFlight += buffer.length;
      this.#next++;
      const upcoming: Uint8Array | undefined = this.#buffers[this.#next];
      const last = upcoming === undefined || this.#inFlight + upcoming.length > PORTION;
      if (last) {
        this.#socket.write(buffer, this.#onWritten);
      } else {
        this.#socket.write(buffer);
      }
      buffer = upcoming;
    }
    this.#socket.uncork();
  }

  /** @returns whether nothing is in flight any more */
  #settle(): boolean {
    if (this.#socket.writableLength > 0) return false;
    this.#unsent -= this.#inFlight;
    this.#inFlight = 0;
    return true;
  }
}
