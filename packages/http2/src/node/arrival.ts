import type { Socket } from "node:net";
import { openingOf } from "./opening.ts";
import type { Opening } from "./opening.ts";
import { threadWheel, WheelEntry } from "./timing-wheel.ts";
import type { Expiring } from "./timing-wheel.ts";

/** An accepted socket of which it isn't known yet what it speaks. */
export class Arrival implements Expiring {
  readonly #socket: Socket;
  readonly #deadline: number;
  readonly #decided: (opening: Opening) => void;
  readonly #entry: WheelEntry = new WheelEntry(this);
  #bytes: Uint8Array | undefined = undefined;
  readonly #read = (): void => this.#onReadable();
  readonly #abandon = (): void => this.#onLost();

  /**
   * @param deadline on the thread's wheel
   * @param decided called once, with the socket as it was: nothing is read from
   *   it, nobody listens to it. What is lost or late is "unknown".
   */
  constructor(socket: Socket, deadline: number, decided: (opening: Opening) => void) {
    this.#socket = socket;
    this.#deadline = deadline;
    this.#decided = decided;
  }

  /** Looks at the first octets and leaves them in the socket. */
  start(): void {
    const socket = this.#socket;
    threadWheel.schedule(this.#entry, this.#deadline);
    socket.on("readable", this.#read);
    socket.on("end", this.#abandon);
    socket.on("error", this.#abandon);
    socket.on("close", this.#abandon);
  }

  expire(): void {
    this.#onLost();
  }

  #onReadable(): void {
    const bytes = this.#socket.read() as Uint8Array | null;
    if (bytes === null) return;
    this.#bytes = this.#bytes === undefined ? bytes : Buffer.concat([this.#bytes, bytes]);
    const opening = openingOf(this.#bytes);
    if (opening === "undecided") return;
    this.#leave();
    this.#socket.unshift(this.#bytes);
    this.#decided(opening);
  }

  #onLost(): void {
    this.#leave();
    this.#decided("unknown");
  }

  #leave(): void {
    threadWheel.cancel(this.#entry);
    this.#socket.removeListener("readable", this.#read);
    this.#socket.removeListener("end", this.#abandon);
    this.#socket.removeListener("error", this.#abandon);
    this.#socket.removeListener("close", this.#abandon);
  }
}
