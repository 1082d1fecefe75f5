import type { Duplex } from "node:stream";
import { FrameCutter } from "../load/frames.ts";
import { openSocket } from "../load/closed-loop.ts";
import type { LoadTarget } from "../load/closed-loop.ts";
import {
  DEFAULT_WINDOW,
  Flag,
  frame,
  FrameType,
  INITIAL_WINDOW_SIZE,
  MAX_WINDOW,
  PREFACE,
  settings,
  SETTINGS_ACK,
  windowUpdate,
} from "../load/wire.ts";
import { chunkOf, pingPongCall, requestBlock } from "./calls.ts";
import type { Work } from "./side-by-side.ts";

const STREAM_ID = 1;

/** One call of PingPong that stays open; each message follows the answer to the one before. */
export class PingPong implements AsyncDisposable {
  readonly #socket: Duplex;
  readonly #message: Buffer;
  readonly #answerBytes: number;
  #received = 0;
  #trips = 0;
  #running = false;
  #stopped: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(socket: Duplex, messageBytes: number) {
    const chunk = chunkOf(messageBytes);
    this.#socket = socket;
    this.#message = frame(FrameType.DATA, 0, STREAM_ID, chunk);
    this.#answerBytes = chunk.length;
    // Who never runs it need not hear that it failed.
    this.#stopped.promise.catch(() => {});
    const cutter = new FrameCutter((type, flags, _id, bytes, start, end) =>
      this.#frame(type, flags, bytes, start, end),
    );
    socket.on("data", (bytes: Buffer) => cutter.push(bytes));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
    socket.write(PREFACE);
    socket.write(settings([[INITIAL_WINDOW_SIZE, MAX_WINDOW]]));
    socket.write(windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW));
    const { first } = requestBlock(pingPongCall);
    socket.write(frame(FrameType.HEADERS, Flag.END_HEADERS, STREAM_ID, first));
  }

  /** Opens the call. */
  static async open(target: LoadTarget, messageBytes: number): Promise<PingPong> {
    return new PingPong(await openSocket(target), messageBytes);
  }

  /** @throws Error where the server ends the call */
  async run(seconds: number): Promise<Work> {
    const before = this.#trips;
    const startedAt = performance.now();
    this.#stopped = Promise.withResolvers();
    this.#running = true;
    this.#socket.write(this.#message);
    const timer = setTimeout(() => {
      this.#running = false;
    }, seconds * 1000);
    await this.#stopped.promise.finally(() => clearTimeout(timer));
    return { amount: this.#trips - before, seconds: (performance.now() - startedAt) / 1000 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #frame(type: number, flags: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.DATA:
        this.#received += end - start;
        if (this.#received % this.#answerBytes === 0) this.#answered();
        return;
      case FrameType.SETTINGS:
        if ((flags & Flag.ACK) === 0) this.#socket.write(SETTINGS_ACK);
        return;
      case FrameType.PING:
        if ((flags & Flag.ACK) !== 0) return;
        this.#socket.write(frame(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end)));
        return;
      case FrameType.HEADERS:
        if ((flags & Flag.END_STREAM) !== 0) this.#fail(new Error("the server ended the call"));
        return;
      case FrameType.RST_STREAM:
      case FrameType.GOAWAY:
        this.#fail(new Error(`the server sent a frame of type ${type}`));
        return;
    }
  }

  #answered(): void {
    this.#trips += 1;
    if (this.#running) this.#socket.write(this.#message);
    else this.#stopped.resolve();
  }

  #fail(error: Error): void {
    this.#socket.destroy();
    this.#stopped.reject(error);
  }
}
