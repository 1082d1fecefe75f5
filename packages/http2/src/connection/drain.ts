import { ErrorCode, MAX_STREAM_ID } from "../constants.ts";
import { Deadline } from "./deadlines.ts";
import type { Pings } from "./pings.ts";
import type { FrameWriter } from "../frames/writer.ts";
import type { Registry } from "../stream/registry.ts";
import type { Session } from "./session.ts";

/** Why a connection is drained; goes into GOAWAY's debug data. */
export type DrainReason = "max_age" | "max_idle" | "max_streams" | "shutdown";

/**
 * The graceful end of RFC 9113 §6.8.
 *
 *                     drain()                  PING answered, or goawayPingMs
 *     server:  open ----------> announced  ----------------------------------> final
 *                     GOAWAY(2^31-1), PING             GOAWAY(last stream)
 *
 *                     drain()
 *     client:  open ----------> final
 *                     GOAWAY(0)
 *
 * What the peer opened before it saw the first GOAWAY is still taken; in
 * `final`, the connection ends with its last stream.
 */
const Phase = { OPEN: 0, ANNOUNCED: 1, FINAL: 2 } as const;

export class Drain {
  reason: DrainReason = "shutdown";
  readonly #session: Session;
  readonly #frames: FrameWriter;
  readonly #pings: Pings;
  readonly #registry: Registry;
  #phase: number = Phase.OPEN;
  #lastStreamId = MAX_STREAM_ID;

  constructor(session: Session, frames: FrameWriter, pings: Pings, registry: Registry) {
    this.#session = session;
    this.#frames = frames;
    this.#pings = pings;
    this.#registry = registry;
  }

  get begun(): boolean {
    return this.#phase !== Phase.OPEN;
  }

  /** No stream comes any more: with the last one, the connection ends. */
  get final(): boolean {
    return this.#phase === Phase.FINAL;
  }

  /** May the peer still open the stream `id`? */
  takes(id: number): boolean {
    return id <= this.#lastStreamId;
  }

  /** @param onFinal called when no stream comes any more: at once on a client */
  begin(reason: DrainReason, onFinal: () => void): void {
    if (this.begun) return;
    this.reason = reason;
    if (this.#session.isServer) {
      this.#phase = Phase.ANNOUNCED;
      this.#frames.goaway(MAX_STREAM_ID, ErrorCode.NO_ERROR, reason);
      this.#pings.send(() => {
        this.conclude();
        onFinal();
      });
      this.#session.deadlines.arm(Deadline.GOAWAY_PING, this.#session.limits.goawayPingMs);
    } else {
      this.#phase = Phase.FINAL;
      this.#frames.goaway(0, ErrorCode.NO_ERROR, reason);
      onFinal();
    }
  }

  /** The peer has had the time to see the announcement. */
  conclude(): void {
    if (this.#phase !== Phase.ANNOUNCED || this.#session.ended) return;
    this.#phase = Phase.FINAL;
    this.#lastStreamId = this.#registry.lastRemoteId;
    this.#frames.goaway(this.#lastStreamId, ErrorCode.NO_ERROR, this.reason);
    this.#session.deadlines.clear(Deadline.GOAWAY_PING);
  }
}
