import type { Duplex } from "node:stream";
import { FrameCutter } from "./frames.ts";
import {
  DEFAULT_WINDOW,
  Flag,
  FrameType,
  HEADER_BYTES,
  INITIAL_WINDOW_SIZE,
  MAX_PAYLOAD,
  MAX_WINDOW,
  PREFACE,
  SETTINGS_ACK,
  frame,
  settings,
  windowUpdate,
} from "./wire.ts";
import type { RepeatedBlock } from "./wire.ts";

/** The call that is made over and over. */
export interface CallPlan {
  readonly headers: RepeatedBlock;
  /** Request body; where it is empty, HEADERS end the request. */
  readonly body: Uint8Array;
  /** True for a call whose request never ends: it stays open. */
  readonly held?: boolean;
  /** Bytes of DATA that a right response has. */
  readonly responseBytes: number;
}

/** Who hears how calls end. */
export interface CallWatcher {
  /** A response came whole. */
  done(caller: Caller): void;
  /** The peer did what no honest caller expects; the connection is of no more use. */
  failed(error: Error): void;
}

const ENABLE_PUSH = 2;
/** The caller's own window is given back in steps so large that it costs nothing. */
const CREDIT_STEP = 2 ** 30;

/**
 * The client end of one HTTP/2 connection, as light as can be: headers are
 * sent as bytes made beforehand, responses are counted by END_STREAM and by
 * their DATA bytes, the peer's windows are kept, ours are never in its way.
 */
export class Caller {
  readonly #socket: Duplex;
  readonly #plan: CallPlan;
  readonly #watcher: CallWatcher;
  readonly #template: Buffer;
  readonly #uploads = new Map<number, Upload>();
  readonly #received = new Map<number, number>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #pings: (() => void)[] = [];
  #out: Uint8Array[] = [];
  #nextId = 1;
  #waiting = 0;
  #connectionWindow = DEFAULT_WINDOW;
  #initialWindow = DEFAULT_WINDOW;
  #uncredited = 0;
  #inRead = false;
  #over = false;

  constructor(socket: Duplex, plan: CallPlan, watcher: CallWatcher) {
    this.#socket = socket;
    this.#plan = plan;
    this.#watcher = watcher;
    this.#template = template(plan);
    // Who never asked whether it was ready hears of a failure through the watcher.
    this.#ready.promise.catch(() => {});
    const cutter = new FrameCutter((type, flags, id, bytes, start, end) =>
      this.#frame(type, flags, id, bytes, start, end),
    );
    socket.on("data", (chunk: Buffer) => {
      this.#inRead = true;
      cutter.push(chunk);
      this.#inRead = false;
      this.#flush();
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the peer closed the connection")));
    this.#out.push(
      PREFACE,
      settings([
        [ENABLE_PUSH, 0],
        [INITIAL_WINDOW_SIZE, MAX_WINDOW],
      ]),
      windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW),
    );
    this.#flush();
  }

  /** Resolves when the peer's SETTINGS have come. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Makes `count` calls at once. */
  call(count: number): void {
    if (this.#plan.body.length > MAX_PAYLOAD) {
      for (let made = 0; made < count; made++) this.#upload();
    } else {
      this.#waiting += count;
      this.#copyTemplates();
    }
    if (!this.#inRead) this.#flush();
  }

  /** Resolves when the peer has seen everything sent so far. */
  ping(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pings.push(resolve);
    this.#out.push(frame(FrameType.PING, 0, 0, Buffer.alloc(8)));
    this.#flush();
    return promise;
  }

  close(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  /** Small calls: one copy of the template each, as many as the window lets through. */
  #copyTemplates(): void {
    const size = this.#plan.body.length;
    const fitting = size === 0 ? this.#waiting : Math.floor(this.#connectionWindow / size);
    const count = Math.min(this.#waiting, fitting);
    if (count <= 0) return;
    this.#waiting -= count;
    this.#connectionWindow -= count * size;
    let left = count;
    if (this.#nextId === 1) {
      this.#out.push(template({ ...this.#plan, headers: firstOnly(this.#plan) }, this.#takeId()));
      left -= 1;
    }
    this.#out.push(this.#stamp(left));
  }

  #stamp(count: number): Buffer {
    const size = this.#template.length;
    const bytes = Buffer.allocUnsafe(size * count);
    const dataAt = HEADER_BYTES + this.#plan.headers.next.length;
    const hasBody = this.#plan.body.length > 0;
    for (let at = 0; at < bytes.length; at += size) {
      const id = this.#takeId();
      bytes.set(this.#template, at);
      bytes.writeUInt32BE(id, at + 5);
      if (hasBody) bytes.writeUInt32BE(id, at + dataAt + 5);
    }
    return bytes;
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 2;
    return id;
  }

  #upload(): void {
    const { headers } = this.#plan;
    const block = this.#nextId === 1 ? headers.first : headers.next;
    const id = this.#takeId();
    this.#out.push(frame(FrameType.HEADERS, Flag.END_HEADERS, id, block));
    const upload = { sent: 0, window: this.#initialWindow };
    this.#uploads.set(id, upload);
    this.#sendData(id, upload);
  }

  #sendData(id: number, upload: Upload): void {
    const { body } = this.#plan;
    while (upload.sent < body.length) {
      const room = Math.min(MAX_PAYLOAD, upload.window, this.#connectionWindow);
      const size = Math.min(room, body.length - upload.sent);
      if (size <= 0) return;
      const end = upload.sent + size;
      const flags = end === body.length ? Flag.END_STREAM : 0;
      const head = frame(FrameType.DATA, flags, id, new Uint8Array(0));
      head.writeUIntBE(size, 0, 3);
      this.#out.push(head, body.subarray(upload.sent, end));
      upload.sent = end;
      upload.window -= size;
      this.#connectionWindow -= size;
    }
    this.#uploads.delete(id);
  }

  #resumeUploads(): void {
    for (const [id, upload] of this.#uploads) {
      if (this.#connectionWindow <= 0) return;
      this.#sendData(id, upload);
    }
  }

  #frame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    switch (type) {
      case FrameType.DATA:
        this.#data(flags, id, end - start);
        return;
      case FrameType.HEADERS:
        if ((flags & Flag.END_STREAM) !== 0) this.#done(id);
        return;
      case FrameType.SETTINGS:
        if ((flags & Flag.ACK) === 0) this.#settings(bytes, start, end);
        return;
      case FrameType.PING:
        if ((flags & Flag.ACK) !== 0) this.#pings.shift()?.();
        else this.#out.push(frame(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end)));
        return;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(id, bytes.readUInt32BE(start));
        return;
      case FrameType.RST_STREAM:
        this.#fail(new Error(`stream ${id} was reset with ${bytes.readUInt32BE(start)}`));
        return;
      case FrameType.GOAWAY:
        this.#fail(goawayError(bytes, start, end));
        return;
    }
  }

  #data(flags: number, id: number, size: number): void {
    this.#received.set(id, (this.#received.get(id) ?? 0) + size);
    this.#uncredited += size;
    if (this.#uncredited > CREDIT_STEP) {
      this.#out.push(windowUpdate(0, this.#uncredited));
      this.#uncredited = 0;
    }
    if ((flags & Flag.END_STREAM) !== 0) this.#done(id);
  }

  #done(id: number): void {
    const size = this.#received.get(id) ?? 0;
    this.#received.delete(id);
    if (size === this.#plan.responseBytes) this.#watcher.done(this);
    else this.#fail(new Error(`a response of ${size} bytes, not ${this.#plan.responseBytes}`));
  }

  #settings(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += 6) {
      if (bytes.readUInt16BE(at) !== INITIAL_WINDOW_SIZE) continue;
      const value = bytes.readUInt32BE(at + 2);
      for (const upload of this.#uploads.values()) upload.window += value - this.#initialWindow;
      this.#initialWindow = value;
    }
    this.#out.push(SETTINGS_ACK);
    this.#ready.resolve();
    this.#resumeUploads();
  }

  #windowUpdate(id: number, increment: number): void {
    if (id === 0) {
      this.#connectionWindow += increment;
      if (this.#waiting > 0) this.#copyTemplates();
      this.#resumeUploads();
      return;
    }
    const upload = this.#uploads.get(id);
    if (upload === undefined) return;
    upload.window += increment;
    this.#sendData(id, upload);
  }

  #flush(): void {
    if (this.#out.length === 0 || this.#over) return;
    const out = this.#out;
    this.#out = [];
    if (out.length === 1) {
      this.#socket.write(out[0]);
      return;
    }
    this.#socket.cork();
    for (const bytes of out) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.close();
    this.#ready.reject(error);
    this.#watcher.failed(error);
  }
}

interface Upload {
  sent: number;
  window: number;
}

function firstOnly({ headers }: CallPlan): RepeatedBlock {
  return { first: headers.first, next: headers.first };
}

/** A whole small call: HEADERS, and DATA where there is a body. */
function template({ headers, body, held }: CallPlan, id = 0): Buffer {
  const ends = body.length === 0 && held !== true ? Flag.END_STREAM : 0;
  const head = frame(FrameType.HEADERS, Flag.END_HEADERS | ends, id, headers.next);
  if (body.length === 0 || body.length > MAX_PAYLOAD) return head;
  return Buffer.concat([head, frame(FrameType.DATA, Flag.END_STREAM, id, body)]);
}

function goawayError(bytes: Buffer, start: number, end: number): Error {
  const code = bytes.readUInt32BE(start + 4);
  return new Error(`GOAWAY with ${code} «${bytes.toString("latin1", start + 8, end)}»`);
}
