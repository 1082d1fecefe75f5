import type { ErrorCode } from "../constants.ts";
import type { HeaderList } from "../hpack/field.ts";
import type { HeaderBlock } from "../hpack/header-block.ts";
import type { EarlyData } from "./early-data.ts";
import type { StreamEnd, StreamHandler } from "./handler.ts";
import type { SendQueue } from "./send-queue.ts";
import { State } from "./state.ts";
import type { Stream } from "./stream.ts";
import type { ReceiveWindow, SendWindow } from "./window.ts";

/** Carries out what the application asks of a stream. */
export interface StreamHost {
  sendHeaders(stream: StreamRecord, headers: HeaderList | HeaderBlock, endStream: boolean): void;
  sendData(stream: StreamRecord, bytes: Uint8Array, endStream: boolean): boolean;
  sendTrailers(stream: StreamRecord, headers: HeaderList | HeaderBlock): void;
  reset(stream: StreamRecord, code: ErrorCode): void;
  consume(stream: StreamRecord, octets: number): void;
  expect(stream: StreamRecord, octets: number): void;
  release(stream: StreamRecord): void;
}

/** `startedTurn` of a stream that its handler hasn't got yet. */
export const NOT_STARTED = -1;

/** All that the engine knows of one stream. Applications see it as `Stream`. */
export class StreamRecord implements Stream {
  readonly id: number;
  readonly sendWindow: SendWindow;
  readonly receiveWindow: ReceiveWindow;
  state: State = State.IDLE;
  handler: StreamHandler | undefined = undefined;
  /** How it ended. */
  end: StreamEnd | undefined = undefined;
  /** The turn in which the handler got it. */
  startedTurn: number = NOT_STARTED;
  /** It has a slot of the handlers' concurrency. */
  holdsSlot = false;
  released = false;
  /** What came before there was a slot; undefined once there is. */
  early: EarlyData | undefined = undefined;

  // What was received

  /** The response's headers, or the request's. */
  finalReceived = false;
  informationals = 0;
  /** Of the body, as `content-length` announced it; -1 where it didn't, or doesn't tell. */
  expectedLength = -1;
  receivedLength = 0;
  /** What its header lists count for in the connection's memory. */
  memory = 0;

  // What is sent

  /** The request's headers, or the final ones of the response. */
  headersSent = false;
  sendEnded = false;
  /** The response to HEAD has no body, whatever it announces; null where we can't know. */
  isHead: boolean | null = false;
  /** Where in all the connection's output its headers begin. */
  openedAt = 0;
  queue: SendQueue | undefined = undefined;
  /** NO_ERROR is to follow what is queued (RFC 9113 §8.1). */
  resetWhenSent = false;
  /** `sendData()` has answered false, and `writable` has not been called since. */
  wantsWritable = false;
  /** It is in the list of those to which `writable` is due when the connection has room. */
  offered = false;
  /** Quarters of `stalledSendMs` that passed while nothing of the queue could be sent. */
  stalls = 0;
  /** It has waited long enough for a larger window: it may send what the window allows. */
  mayDribble = false;

  // The scheduler's

  scheduled = false;
  next: StreamRecord | undefined = undefined;

  readonly #host: StreamHost;

  constructor(id: number, host: StreamHost, sendWindow: SendWindow, receiveWindow: ReceiveWindow) {
    this.id = id;
    this.#host = host;
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  get closed(): boolean {
    return this.state === State.CLOSED;
  }

  get queued(): number {
    return this.queue === undefined ? 0 : this.queue.size;
  }

  sendHeaders(headers: HeaderList | HeaderBlock, options?: { readonly endStream?: boolean }): void {
    this.#host.sendHeaders(this, headers, options?.endStream === true);
  }

  sendData(bytes: Uint8Array, endStream: boolean): boolean {
    return this.#host.sendData(this, bytes, endStream);
  }

  sendTrailers(headers: HeaderList | HeaderBlock): void {
    this.#host.sendTrailers(this, headers);
  }

  reset(code: ErrorCode): void {
    this.#host.reset(this, code);
  }

  consume(octets: number): void {
    this.#host.consume(this, octets);
  }

  expect(octets: number): void {
    this.#host.expect(this, octets);
  }

  release(): void {
    this.#host.release(this);
  }
}
