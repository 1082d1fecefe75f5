import { ErrorCode, INITIAL_WINDOW_SIZE, SettingId } from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import type { Setting } from "../frames/settings.ts";
import type { FrameWriter } from "../frames/writer.ts";
import type { StreamRecord } from "../stream/record.ts";
import { peerMaySend } from "../stream/state.ts";
import { InitialWindow, ReceiveWindow } from "../stream/window.ts";
import { BandwidthEstimator } from "./bandwidth.ts";
import type { Pings } from "./pings.ts";
import type { Session } from "./session.ts";
import type { LocalSettings } from "./settings.ts";

/** What the peer may send us: the windows of the connection and its streams, and how they grow. */
export class Credit {
  /** Of each stream. */
  readonly initialWindow: InitialWindow;

  readonly #session: Session;
  readonly #frames: FrameWriter;
  readonly #pings: Pings;
  readonly #settings: LocalSettings;
  readonly #connection: InitialWindow;
  readonly #window: ReceiveWindow;
  readonly #estimator: BandwidthEstimator;
  #grown = false;

  constructor(session: Session, frames: FrameWriter, pings: Pings, settings: LocalSettings) {
    const { initialConnectionWindow, initialStreamWindow, maxAutoWindow } = session.limits;
    this.#session = session;
    this.#frames = frames;
    this.#pings = pings;
    this.#settings = settings;
    // The connection's can't be made smaller than it begins with (RFC 9113 §6.9.2).
    this.#connection = new InitialWindow(Math.max(initialConnectionWindow, INITIAL_WINDOW_SIZE));
    this.#window = new ReceiveWindow(this.#connection);
    // Before our SETTINGS are acknowledged, the peer may still count by the initial value.
    this.initialWindow = new InitialWindow(Math.max(initialStreamWindow, INITIAL_WINDOW_SIZE));
    // A stream's window is the smaller one: a single stream is slowed down by that first.
    this.#estimator = new BandwidthEstimator(initialStreamWindow, maxAutoWindow);
  }

  /** Octets, of the connection: what it is when nothing is on its way. */
  get connectionWindow(): number {
    return this.#connection.size;
  }

  /** To be sent after our SETTINGS, which don't concern the connection's window. */
  announce(): void {
    const increment = this.#connection.size - INITIAL_WINDOW_SIZE;
    if (increment > 0) this.#frames.windowUpdate(0, increment);
  }

  /** Settings of ours are in force: a window that is smaller than the initial one counts from now on. */
  acknowledged(settings: readonly Setting[]): void {
    // What has grown since was in force at once: the peer can't use it before it knows.
    if (this.#grown) return;
    for (const [id, value] of settings) {
      if (id === SettingId.INITIAL_WINDOW_SIZE) this.initialWindow.size = value;
    }
  }

  /** @throws ConnectionError FLOW_CONTROL_ERROR where that is more than the connection's window */
  receive(octets: number): void {
    if (!this.#window.receive(octets)) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "connection_window_exceeded");
    }
    this.#estimator.received(octets);
  }

  /** `octets` of the connection's window are consumed, on whatever stream they came. */
  consume(octets: number): void {
    this.#window.consume(octets);
    const due = this.#window.takeDue();
    if (due === 0) return;
    this.#grant(0, due);
  }

  /** `octets` of the stream's window and of the connection's are consumed. */
  consumeOn(stream: StreamRecord, octets: number): void {
    stream.receiveWindow.consume(octets);
    if (peerMaySend(stream.state)) {
      const due = stream.receiveWindow.takeDue();
      if (due > 0) this.#grant(stream.id, due);
    }
    this.consume(octets);
  }

  /** What came on the stream and nobody will consume. */
  forgive(stream: StreamRecord): void {
    const octets = stream.receiveWindow.unconsumed;
    if (octets === 0) return;
    stream.receiveWindow.consume(octets);
    this.consume(octets);
  }

  widen(stream: StreamRecord, octets: number): void {
    if (!peerMaySend(stream.state)) return;
    const increment = stream.receiveWindow.widen(octets);
    if (increment > 0) this.#frames.windowUpdate(stream.id, increment);
  }

  /** Returns credit, and measures what comes of it: the PING goes with the WINDOW_UPDATE, not alone. */
  #grant(streamId: number, octets: number): void {
    if (this.#session.ended) return;
    this.#frames.windowUpdate(streamId, octets);
    if (!this.#estimator.begin()) return;
    this.#pings.send(() => {
      this.#estimator.answered = true;
    });
  }

  /** All octets of a turn are read. */
  turnEnded(): void {
    if (this.#estimator.answered) this.#grow(this.#estimator.end());
  }

  #grow(size: number): void {
    const increment = size - this.#connection.size;
    if (increment > 0) {
      this.#connection.size = size;
      this.#frames.windowUpdate(0, increment);
    }
    if (size > this.initialWindow.size) {
      this.initialWindow.size = size;
      this.#grown = true;
      this.#settings.send([[SettingId.INITIAL_WINDOW_SIZE, size]]);
    }
  }
}
