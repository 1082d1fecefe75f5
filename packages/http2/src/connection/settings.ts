import {
  ErrorCode,
  INITIAL_HEADER_TABLE_SIZE,
  INITIAL_WINDOW_SIZE,
  MIN_MAX_FRAME_SIZE,
  SettingId,
} from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import type { Setting } from "../frames/settings.ts";
import type { FrameWriter } from "../frames/writer.ts";
import type { Decoder } from "../hpack/decoder.ts";
import type { Limits, Role } from "../limits.ts";
import { Deadline } from "./deadlines.ts";
import type { RemoteSettings } from "./handler.ts";
import type { Session } from "./session.ts";

/** Ours: each SETTINGS frame is sent, then acknowledged, in order; only then is it in force (RFC 9113 §6.5.3). */
export class LocalSettings {
  /** Has the peer acknowledged the first of them? */
  acknowledged = false;
  readonly #session: Session;
  readonly #frames: FrameWriter;
  readonly #decoder: Decoder;
  readonly #waiting: (readonly Setting[])[] = [];

  constructor(session: Session, frames: FrameWriter, decoder: Decoder) {
    this.#session = session;
    this.#frames = frames;
    this.#decoder = decoder;
  }

  /** The SETTINGS of our connection preface, RFC 9113 §3.4. */
  announce(): void {
    this.send(initialSettings(this.#session.role, this.#session.limits));
  }

  send(settings: readonly Setting[]): void {
    this.#frames.settings(settings);
    if (this.#waiting.length === 0) this.#watch();
    this.#waiting.push(settings);
  }

  /** @returns the settings that are in force from now on; undefined where nothing waited for it */
  acknowledge(): readonly Setting[] | undefined {
    const settings = this.#waiting.shift();
    if (settings === undefined) return undefined;
    this.acknowledged = true;
    for (const [id, value] of settings) {
      if (id === SettingId.HEADER_TABLE_SIZE) this.#decoder.setMaxTableSize(value);
    }
    if (this.#waiting.length > 0) this.#watch();
    else this.#session.deadlines.clear(Deadline.SETTINGS_ACK);
    return settings;
  }

  #watch(): void {
    this.#session.deadlines.arm(Deadline.SETTINGS_ACK, this.#session.limits.settingsAckMs);
  }
}

/** What differs from the initial values of RFC 9113 §6.5.2, and what we always say. */
function initialSettings(role: Role, limits: Limits): Setting[] {
  const settings: Setting[] = [];
  if (limits.headerTableSize !== INITIAL_HEADER_TABLE_SIZE) {
    settings.push([SettingId.HEADER_TABLE_SIZE, limits.headerTableSize]);
  }
  if (role === "client") settings.push([SettingId.ENABLE_PUSH, 0]);
  else settings.push([SettingId.MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams]);
  if (limits.initialStreamWindow !== INITIAL_WINDOW_SIZE) {
    settings.push([SettingId.INITIAL_WINDOW_SIZE, limits.initialStreamWindow]);
  }
  if (limits.maxFrameSize !== MIN_MAX_FRAME_SIZE) {
    settings.push([SettingId.MAX_FRAME_SIZE, limits.maxFrameSize]);
  }
  settings.push(
    [SettingId.MAX_HEADER_LIST_SIZE, limits.maxHeaderListSize],
    [SettingId.NO_RFC7540_PRIORITIES, 1],
  );
  return settings;
}

/** The peer's, as far as they have been received. */
export class PeerSettings implements RemoteSettings {
  maxConcurrentStreams: number = Infinity;
  initialWindowSize: number = INITIAL_WINDOW_SIZE;
  maxFrameSize: number = MIN_MAX_FRAME_SIZE;
  maxHeaderListSize: number = Infinity;
  headerTableSize: number = INITIAL_HEADER_TABLE_SIZE;
  /** Have the first been received? */
  received = false;
  #noPriorities = 0;

  /**
   * Takes one value, which is valid by itself.
   *
   * @returns whether it is another than before
   * @throws ConnectionError for a value that this peer must not send, or not now
   */
  apply(id: number, value: number, from: Role): boolean {
    switch (id) {
      case SettingId.HEADER_TABLE_SIZE:
        return this.#set("headerTableSize", value);
      case SettingId.ENABLE_PUSH:
        // RFC 9113 §6.5.2: a server must not send 1. From a client it means nothing to us: we never push.
        if (from === "server" && value === 1) throw protocolError("enable_push_invalid");
        return false;
      case SettingId.MAX_CONCURRENT_STREAMS:
        return this.#set("maxConcurrentStreams", value);
      case SettingId.INITIAL_WINDOW_SIZE:
        return this.#set("initialWindowSize", value);
      case SettingId.MAX_FRAME_SIZE:
        return this.#set("maxFrameSize", value);
      case SettingId.MAX_HEADER_LIST_SIZE:
        return this.#set("maxHeaderListSize", value);
      case SettingId.NO_RFC7540_PRIORITIES:
        // RFC 9218 §2.1: not to be changed after the first SETTINGS.
        if (this.received && value !== this.#noPriorities)
          throw protocolError("no_priorities_changed");
        this.#noPriorities = value;
        return false;
      default:
        return false;
    }
  }

  #set(
    name:
      | "headerTableSize"
      | "maxConcurrentStreams"
      | "initialWindowSize"
      | "maxFrameSize"
      | "maxHeaderListSize",
    value: number,
  ): boolean {
    const changes = this[name] !== value;
    this[name] = value;
    return changes;
  }
}

function protocolError(token: string): ConnectionError {
  return new ConnectionError(ErrorCode.PROTOCOL_ERROR, token);
}
