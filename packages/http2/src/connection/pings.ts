import type { FrameWriter } from "../frames/writer.ts";
import { readUint32 } from "../frames/header.ts";

/** A PING that is not answered. */
interface Ping {
  readonly sequence: number;
  readonly onAck: (rttMs: number) => void;
  /** When it left, in ms; NaN until that is known. */
  sentAt: number;
}

/** The first half of our PINGs' octets, that others' don't have; the second is a sequence number. */
const OURS = 0x5e_c0_0f_1e;

/** Our PINGs and their answers, RFC 9113 §6.7. */
export class Pings {
  /** The latest round trip in ms; NaN before the first. */
  rttMs: number = NaN;
  readonly #frames: FrameWriter;
  readonly #waiting: Ping[] = [];
  #sequence = 0;

  constructor(frames: FrameWriter) {
    this.#frames = frames;
  }

  send(onAck: (rttMs: number) => void): void {
    const sequence = this.#sequence++;
    this.#frames.ping(OURS, sequence);
    this.#waiting.push({ sequence, onAck, sentAt: NaN });
  }

  /** It is `now`, and all that was sent has left, or is about to. */
  stamp(now: number): void {
    for (const ping of this.#waiting) {
      if (Number.isNaN(ping.sentAt)) ping.sentAt = now;
    }
  }

  /**
   * An answer with the octets at `bytes[start]`.
   *
   * @returns false where it isn't one to any PING of ours
   */
  acknowledge(bytes: Uint8Array, start: number, now: number): boolean {
    if (readUint32(bytes, start) !== OURS) return false;
    const sequence = readUint32(bytes, start + 4);
    const index = this.#waiting.findIndex((ping) => ping.sequence === sequence);
    const ping = this.#waiting[index];
    if (ping === undefined) return false;
    this.#waiting.splice(index, 1);
    this.rttMs = now - ping.sentAt;
    ping.onAck(this.rttMs);
    return true;
  }
}
