import type { Outbox } from "../bytes/outbox.ts";
import { CLIENT_PREFACE } from "../constants.ts";

const octets: Uint8Array = Uint8Array.from(CLIENT_PREFACE, (character) => character.charCodeAt(0));

/** Appends what a client sends first, RFC 9113 §3.4. */
export function writePreface(outbox: Outbox): void {
  outbox.append(octets, 0, octets.length);
}

/** Recognises the client's preface, however it is cut. */
export class PrefaceReader {
  #seen = 0;

  get complete(): boolean {
    return this.#seen === octets.length;
  }

  /**
   * Reads the next octets of it.
   *
   * @returns how many of `chunk` belong to it, -1 where one is wrong
   */
  read(chunk: Uint8Array): number {
    const n = Math.min(chunk.length, octets.length - this.#seen);
    for (let i = 0; i < n; i++) {
      if (chunk[i] !== octets[this.#seen + i]) return -1;
    }
    this.#seen += n;
    return n;
  }
}
