import type { Socket } from "node:net";
import { FrameCutter } from "./frames.ts";
import { listen } from "./listener.ts";
import type { Listener } from "./listener.ts";
import { PREFACE_BYTES, responseBlocks } from "./response-blocks.ts";
import {
  DEFAULT_WINDOW,
  Flag,
  FrameType,
  INITIAL_WINDOW_SIZE,
  MAX_PAYLOAD,
  MAX_WINDOW,
  SETTINGS_ACK,
  frame,
  settings,
  windowUpdate,
} from "./wire.ts";

/** What a streaming server answers with. */
export type Streaming =
  /** The same message, `count` times, when the request has ended. */
  | { readonly kind: "repeat"; readonly message: Buffer; readonly count: number }
  /** Each frame of DATA, as it comes. */
  | { readonly kind: "echo" };

/**
 * A server of streams that is never the bottleneck of a client's figures: what
 * it sends is made beforehand and packed into frames as large as they may be,
 * within the windows that the client opens.
 */
export function startStreamingServer(streaming: Streaming): Promise<Listener> {
  return listen((socket) => new StreamingConnection(socket, streaming), undefined);
}

/** What is still to be sent on a stream. */
interface Outgoing {
  /** The request has ended. */
  due: boolean;
  sent: number;
  /** What the client lets through. */
  window: number;
}

const CREDIT_STEP = 2 ** 20;
const EMPTY = new Uint8Array(0);

class StreamingConnection {
  readonly #socket: Socket;
  readonly #streaming: Streaming;
  /** Where `kind` is "repeat": the message, so often that a frame can begin anywhere in the first. */
  readonly #pattern: Buffer;
  readonly #total: number;
  readonly #outgoing = new Map<number, Outgoing>();
  #initialWindow = DEFAULT_WINDOW;
  #window = DEFAULT_WINDOW;
  #consumed = 0;
  #blocked = false;

  constructor(socket: Socket, streaming: Streaming) {
    this.#socket = socket;
    this.#streaming = streaming;
    const isRepeat = streaming.kind === "repeat";
    this.#pattern = isRepeat ? repeated(streaming.message) : Buffer.alloc(0);
    this.#total = isRepeat ? streaming.message.length * streaming.count : 0;
    let prefaceLeft = PREFACE_BYTES;
    const cutter = new FrameCutter((type, flags, id, bytes, start, end) =>
      this.#frame(type, flags, id, bytes, start, end),
    );
    socket.on("data", (chunk: Buffer) => {
      const skipped = Math.min(prefaceLeft, chunk.length);
      prefaceLeft -= skipped;
      socket.cork();
      cutter.push(chunk.subarray(skipped));
      this.#sendAll();
      socket.uncork();
    });
    socket.on("drain", () => {
      this.#blocked = false;
      this.#sendAll();
    });
    socket.write(settings([[INITIAL_WINDOW_SIZE, MAX_WINDOW]]));
    socket.write(windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW));
  }

  #frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    const ends = (flags & Flag.END_STREAM) !== 0;
    switch (type) {
      case FrameType.HEADERS:
        this.#sendHeaders(id);
        if (ends) this.#requestEnded(id);
        return;
      case FrameType.DATA:
        this.#data(id, bytes.subarray(start, end));
        if (ends) this.#requestEnded(id);
        return;
      case FrameType.SETTINGS:
        if ((flags & Flag.ACK) === 0) this.#settings(bytes, start, end);
        return;
      case FrameType.PING:
        if ((flags & Flag.ACK) === 0)
          this.#write(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end));
        return;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(id, bytes.readUInt32BE(start));
        return;
      case FrameType.RST_STREAM:
        this.#outgoing.delete(id);
        return;
    }
  }

  #sendHeaders(id: number): void {
    this.#outgoing.set(id, { due: false, sent: 0, window: this.#initialWindow });
    // Always literal: a stream's trailers may come after the headers of the next.
    this.#write(FrameType.HEADERS, Flag.END_HEADERS, id, responseBlocks.headers.first);
  }

  #data(id: number, payload: Buffer): void {
    this.#consumed += payload.length;
    if (this.#consumed > CREDIT_STEP) {
      this.#socket.write(windowUpdate(0, this.#consumed));
      this.#consumed = 0;
    }
    if (this.#streaming.kind === "repeat" || payload.length === 0) return;
    const outgoing = this.#outgoing.get(id);
    if (outgoing === undefined) return;
    // A client that plays ping-pong reads before it sends again.
    if (payload.length > Math.min(outgoing.window, this.#window)) {
      throw new Error("the client leaves no window for an echo");
    }
    outgoing.window -= payload.length;
    this.#window -= payload.length;
    this.#write(FrameType.DATA, 0, id, payload);
  }

  #requestEnded(id: number): void {
    if (this.#streaming.kind === "repeat") {
      const outgoing = this.#outgoing.get(id);
      if (outgoing !== undefined) outgoing.due = true;
    } else {
      this.#end(id);
    }
  }

  #sendAll(): void {
    for (const [id, outgoing] of this.#outgoing) {
      if (this.#blocked || this.#window === 0) return;
      if (outgoing.due) this.#send(id, outgoing);
    }
  }

  #send(id: number, outgoing: Outgoing): void {
    const messageBytes = this.#pattern.length - MAX_PAYLOAD;
    while (!this.#blocked && outgoing.sent < this.#total) {
      const room = Math.min(MAX_PAYLOAD, outgoing.window, this.#window);
      const size = Math.min(room, this.#total - outgoing.sent);
      if (size <= 0) return;
      const at = outgoing.sent % messageBytes;
      this.#write(FrameType.DATA, 0, id, this.#pattern.subarray(at, at + size));
      outgoing.sent += size;
      outgoing.window -= size;
      this.#window -= size;
    }
    if (outgoing.sent === this.#total) this.#end(id);
  }

  #end(id: number): void {
    this.#outgoing.delete(id);
    const flags = Flag.END_HEADERS | Flag.END_STREAM;
    this.#write(FrameType.HEADERS, flags, id, responseBlocks.trailers.first);
  }

  #settings(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += 6) {
      if (bytes.readUInt16BE(at) !== INITIAL_WINDOW_SIZE) continue;
      const value = bytes.readUInt32BE(at + 2);
      for (const outgoing of this.#outgoing.values()) {
        outgoing.window += value - this.#initialWindow;
      }
      this.#initialWindow = value;
    }
    this.#socket.write(SETTINGS_ACK);
  }

  #windowUpdate(id: number, increment: number): void {
    if (id === 0) {
      this.#window += increment;
      return;
    }
    const outgoing = this.#outgoing.get(id);
    if (outgoing !== undefined) outgoing.window += increment;
  }

  #write(type: number, flags: number, id: number, payload: Buffer): void {
    const head = frame(type, flags, id, EMPTY);
    head.writeUIntBE(payload.length, 0, 3);
    this.#socket.write(head);
    this.#blocked = !this.#socket.write(payload);
  }
}

/** So much that a frame can begin at any octet of the first message. */
function repeated(message: Buffer): Buffer {
  return Buffer.alloc(message.length + MAX_PAYLOAD, message);
}
