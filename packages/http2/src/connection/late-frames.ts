import { ErrorCode } from "../constants.ts";
import { ConnectionError, StreamError } from "../errors.ts";
import { SMALL_DATA } from "../limits.ts";
import type { Registry } from "../stream/registry.ts";
import { Fate } from "../stream/stream-memory.ts";
import type { Session } from "./session.ts";

/**
 * Frames of streams that are not open any more (RFC 9113 §5.1). What the peer
 * sent before it can have known is ignored, within what it can have sent; what
 * it could know is an error.
 */
export class LateFrames {
  readonly #session: Session;
  readonly #registry: Registry;

  constructor(session: Session, registry: Registry) {
    this.#session = session;
    this.#registry = registry;
  }

  /** @throws ConnectionError where nobody has opened the stream: only HEADERS and PRIORITY are allowed then */
  checkNotIdle(streamId: number): void {
    if (this.#registry.isIdle(streamId)) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "stream_idle");
    }
  }

  /** DATA, `length` octets with its padding. Returns where it is to be ignored. */
  data(streamId: number, length: number): void {
    const { budgets, deadlines, limits } = this.#session;
    this.checkNotIdle(streamId);
    this.#judge(streamId);
    const reset = this.#registry.closed.get(streamId);
    if (reset === undefined) return;
    reset.octetsLeft -= length;
    const expected = deadlines.now - reset.at <= limits.recentlyResetMs && reset.octetsLeft >= 0;
    if (!expected) budgets.glitch(deadlines.now);
    else if (length < SMALL_DATA && reset.smallLeft-- <= 0) budgets.smallData(deadlines.now);
  }

  /** HEADERS. Returns where they are to be ignored. */
  headers(streamId: number): void {
    this.#judge(streamId);
    const reset = this.#registry.closed.get(streamId);
    if (reset !== undefined && reset.blocksLeft-- <= 0) this.#glitch();
  }

  /** RST_STREAM: it may have crossed the end. Each stream has one such excuse. */
  reset(streamId: number): void {
    const { counters } = this.#session;
    this.checkNotIdle(streamId);
    counters.resetsReceived++;
    if (counters.resetsReceived > counters.streamsOpened + counters.streamsRefused) this.#glitch();
  }

  #judge(streamId: number): void {
    const fate = this.#registry.fate(streamId);
    if (fate === Fate.RESET_BY_US) return;
    if (fate === Fate.FORGOTTEN) {
      this.#glitch();
    } else if (fate === Fate.RESET_BY_PEER) {
      throw new StreamError(streamId, ErrorCode.STREAM_CLOSED, "frame_after_reset");
    } else if (fate === Fate.SKIPPED) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "stream_id_decreased");
    } else {
      throw new ConnectionError(ErrorCode.STREAM_CLOSED, "frame_after_end");
    }
  }

  #glitch(): void {
    this.#session.budgets.glitch(this.#session.deadlines.now);
  }
}
