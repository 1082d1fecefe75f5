import { ErrorCode, SettingId } from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import { decodeSettings, SETTING_SIZE } from "../frames/settings.ts";
import type { Registry } from "../stream/registry.ts";
import type { Credit } from "./credit.ts";
import { Deadline } from "./deadlines.ts";
import type { Drain } from "./drain.ts";
import type { ConnectionEnd } from "./handler.ts";
import { PingStrikes } from "./ping-strikes.ts";
import type { Pings } from "./pings.ts";
import type { Session } from "./session.ts";
import { PeerSettings } from "./settings.ts";
import type { LocalSettings } from "./settings.ts";
import type { Streams } from "./streams.ts";

/** Streams that a client opens before it knows how many it may. */
const STREAMS_BEFORE_SETTINGS = 100;

export interface ControlParts {
  readonly session: Session;
  readonly registry: Registry;
  readonly streams: Streams;
  readonly credit: Credit;
  readonly pings: Pings;
  readonly settings: LocalSettings;
  readonly drain: Drain;
  /** What `farewell` or the peer's settings say has changed. */
  readonly onChange: () => void;
}

/** What the frames on stream 0 do: SETTINGS, PING, GOAWAY, and the connection's WINDOW_UPDATE. */
export class Control {
  readonly peer: PeerSettings = new PeerSettings();
  /** What the peer's GOAWAY said, if it sent one. */
  farewell: ConnectionEnd | undefined = undefined;

  readonly #parts: ControlParts;
  readonly #strikes: PingStrikes;
  #announced = false;
  /** The greatest of our streams that the peer will take. */
  #lastLocalId = Infinity;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#strikes = new PingStrikes(parts.session.limits);
  }

  /** False while too many answers wait for the peer to read them. */
  get readable(): boolean {
    const { session } = this.#parts;
    const { outbound } = this.#parts.streams;
    return outbound.answersWaiting < session.limits.controlQueuePause;
  }

  /** Has the peer acknowledged how many streams it may open? */
  get limitsKnown(): boolean {
    return this.#parts.settings.acknowledged;
  }

  /** May the peer still open the stream `id`? */
  takesStream(id: number): boolean {
    return this.#parts.drain.takes(id);
  }

  /** How many streams a client may open now. */
  get availableStreams(): number {
    const { session, drain, registry } = this.#parts;
    if (session.ended || session.isServer || drain.begun || this.farewell !== undefined) return 0;
    if (registry.nextLocalId > session.limits.maxStreamId) return 0;
    const max = this.peer.received ? this.peer.maxConcurrentStreams : STREAMS_BEFORE_SETTINGS;
    return Math.max(0, max - registry.openLocal);
  }

  /** Sends our connection preface's SETTINGS, once (RFC 9113 §3.4). */
  announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#parts.settings.announce();
    this.#parts.credit.announce();
  }

  /** RFC 9113 §6.5. */
  settings(bytes: Uint8Array, start: number, end: number): void {
    const { session } = this.#parts;
    const { outbound } = this.#parts.streams;
    const { budgets, deadlines } = session;
    budgets.settingsEntries((end - start) / SETTING_SIZE);
    const from = session.isServer ? "client" : "server";
    let changes = false;
    for (const [id, value] of decodeSettings(bytes, start, end)) {
      if (!this.peer.apply(id, value, from)) continue;
      changes = true;
      if (id === SettingId.INITIAL_WINDOW_SIZE) this.#resizeWindows(value);
      // Each value counts, since the smallest must be told to the peer's decoder (RFC 7541 §4.2).
      if (id === SettingId.HEADER_TABLE_SIZE) outbound.encoder.setMaxTableSize(value);
    }
    outbound.maxFrameSize = this.peer.maxFrameSize;
    outbound.frames.settingsAck();
    outbound.answered();
    if (!this.peer.received) {
      this.peer.received = true;
      deadlines.clear(Deadline.PREFACE);
    } else if (changes) {
      budgets.settingsChange(deadlines.now);
    } else {
      budgets.glitch(deadlines.now);
    }
    session.call(() => session.handler.settings?.(this.peer));
    this.#parts.onChange();
  }

  /** RFC 9113 §6.9.2: the windows of open streams change too. */
  #resizeWindows(size: number): void {
    const { registry } = this.#parts;
    const { outbound } = this.#parts.streams;
    const grows = size > outbound.initialWindow.size;
    if (grows) {
      for (const stream of registry.all()) {
        if (stream.sendWindow.overflowsAt(size)) {
          throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "stream_window_overflow");
        }
      }
    }
    outbound.initialWindow.size = size;
    if (grows) outbound.feedAll();
  }

  /** RFC 9113 §6.5.3. */
  settingsAck(): void {
    const { session, settings, credit } = this.#parts;
    const inForce = settings.acknowledge();
    if (inForce === undefined) session.budgets.glitch(session.deadlines.now);
    else credit.acknowledged(inForce);
  }

  /** RFC 9113 §6.7. */
  ping(bytes: Uint8Array, start: number): void {
    const { session } = this.#parts;
    const { outbound } = this.#parts.streams;
    const { budgets, counters, deadlines } = session;
    counters.pingsReceived++;
    budgets.ping(deadlines.now, counters.messageFramesSent);
    outbound.frames.pingAck(bytes, start);
    outbound.answered();
    if (!session.isServer) return;
    const active = this.#parts.streams.active;
    if (this.#strikes.strike(deadlines.now, counters.messageFramesSent, active)) {
      budgets.trip("too_many_pings");
    }
  }

  pingAck(bytes: Uint8Array, start: number): void {
    const { session, pings, streams } = this.#parts;
    if (!pings.acknowledge(bytes, start, session.deadlines.now)) {
      // RFC 9113 doesn't forbid it, and h2spec wants it ignored.
      session.budgets.glitch(session.deadlines.now);
    } else {
      streams.outbound.rttMs = pings.rttMs;
    }
  }

  /** RFC 9113 §6.8. */
  goaway(
    lastStreamId: number,
    code: ErrorCode,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { session, registry, streams } = this.#parts;
    if (this.farewell !== undefined) session.budgets.glitch(session.deadlines.now);
    if (!session.isServer) this.#checkLastStream(lastStreamId);
    const debug = text(bytes, start, Math.min(end, start + session.limits.goawayDebugMax));
    this.farewell = { by: "remote", code, token: debug };
    this.#lastLocalId = lastStreamId;
    session.call(() => session.handler.goaway?.(lastStreamId, code, debug));
    for (const stream of registry.all()) {
      if (session.ended) return;
      if (registry.isLocal(stream.id) && stream.id > lastStreamId) {
        streams.close(stream, { by: "goaway", code, processed: false, token: debug });
      }
    }
    this.#parts.onChange();
  }

  /** The identifier is one of ours, and later ones are not greater (RFC 9113 §6.8). */
  #checkLastStream(lastStreamId: number): void {
    const ours = lastStreamId === 0 || this.#parts.registry.isLocal(lastStreamId);
    if (!ours || lastStreamId > this.#lastLocalId) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "goaway_last_stream_invalid");
    }
  }

  /** RFC 9113 §6.9, on the connection. */
  windowUpdate(increment: number): void {
    const { outbound } = this.#parts.streams;
    if (increment === 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "window_increment_zero");
    }
    if (!outbound.window.grant(increment)) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "connection_window_overflow");
    }
    outbound.unblock();
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  let result = "";
  for (let i = start; i < end; i++) result += String.fromCharCode(bytes[i] as number);
  return result;
}
