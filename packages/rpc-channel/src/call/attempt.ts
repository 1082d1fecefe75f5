import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { MessageReader } from "@privet/grpc-wire";
import type { MessageSink } from "@privet/grpc-wire";
import { ErrorCode } from "@privet/http2";
import type {
  Connection,
  HeaderList,
  HeadersKind,
  ReceivedHeaders,
  Stream,
  StreamEnd,
} from "@privet/http2";
import type { Reach } from "../retry/decision.ts";
import type { LiveConnection, Opening } from "../subchannel/live-connection.ts";
import { compressionOf, faultOfHead, missingStatus, statusOf } from "./response-head.ts";
import { reachOf, streamFailure } from "./stream-failure.ts";

/** Whose attempt it is. */
export interface AttemptOwner {
  /** It is under way: now messages may be sent. */
  begun(): void;
  /** After `send()` answered false, there is room again. */
  writable(): void;
  /** The response has begun, and is no Trailers-Only. */
  head(headers: ReceivedHeaders, compression: Compression | null): void;
  /** @param bytes borrowed for the call, unless `owned`. What it throws fails the attempt for good. */
  message(bytes: Uint8Array, flags: number, owned: boolean): void;
  /** So many octets have come, whose credit is to be given back by `consume()`. Not where it is `eager`. */
  received(octets: number): void;
  /** A message has begun that isn't complete. Not where it is `eager`. */
  incomplete(): void;
  /** It is over. Called once, unless `cancel()` was; nothing is called after it. */
  ended(end: AttemptEnd): void;
  /** The connection took no stream any more before there was room for it. Instead of all the above. */
  turnedAway(): void;
}

export interface AttemptEnd {
  /** Undefined is OK. */
  readonly error: ConnectError | undefined;
  readonly reach: Reach;
  readonly trailers: ReceivedHeaders | undefined;
  /** The stream ended without a status: `error` knows no more than how. */
  readonly lost: boolean;
}

export interface AttemptOptions {
  /** Whether the response is gRPC's, or any: then `message()` gets the body's octets as they come. */
  readonly grpc: boolean;
  readonly fields: HeaderList;
  readonly binary: boolean;
  readonly readMaxBytes: number;
  readonly acceptCompression: readonly Compression[];
  /** Whether credit is given back as messages arrive; else by `consume()`. */
  readonly eager: boolean;
}

/** One attempt of a call: one stream. */
export class Attempt implements Opening, MessageSink {
  readonly #owner: AttemptOwner;
  readonly #live: LiveConnection;
  readonly #options: AttemptOptions;
  readonly #reader: MessageReader;
  #stream: Stream | undefined = undefined;
  #head: ReceivedHeaders | undefined = undefined;
  #over = false;

  constructor(owner: AttemptOwner, live: LiveConnection, options: AttemptOptions) {
    this.#owner = owner;
    this.#live = live;
    this.#options = options;
    this.#reader = new MessageReader(options.readMaxBytes);
  }

  /** Its stream is open, and not only wanted. */
  get begun(): boolean {
    return this.#stream !== undefined;
  }

  /** @returns false where the connection takes no more streams: then nothing is called */
  start(): boolean {
    return this.#live.admit(this);
  }

  /** Ends it with RST_STREAM CANCEL; nothing is called any more. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#live.withdraw(this);
    this.#stream?.reset(ErrorCode.CANCEL);
  }

  /** @returns false when there is no more room: `writable()` follows */
  send(bytes: Uint8Array, last: boolean): boolean {
    const stream = this.#stream;
    if (stream === undefined) return false;
    // It is about to end for another reason: what is sent is of no use any more.
    if (stream.closed || stream.sendEnded) return true;
    return stream.sendData(bytes, last);
  }

  /** Gives back the credit of messages, prefixes included. */
  consume(octets: number): void {
    if (octets > 0) this.#stream?.consume(octets);
  }

  /** Octets that the message which is being received still lacks. */
  expectRest(): void {
    const { missing } = this.#reader;
    if (missing > 0) this.#stream?.expect(missing);
  }

  // The connection's

  open(connection: Connection): void {
    try {
      this.#stream = connection.openStream(this.#options.fields, this);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#owner.begun();
  }

  turnedAway(): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.turnedAway();
  }

  // The stream's

  headers(headers: ReceivedHeaders, kind: HeadersKind, endStream: boolean): void {
    if (this.#over || kind === "informational") return;
    this.#live.proven = true;
    try {
      if (kind === "trailers") this.#trailers(headers);
      else this.#begin(headers, endStream);
    } catch (error) {
      this.#fail(error);
    }
  }

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    if (this.#over) {
      this.consume(end - start);
      return;
    }
    try {
      if (this.#options.eager) this.consume(end - start);
      else this.#owner.received(end - start);
      if (!this.#options.grpc) {
        this.#body(bytes, start, end, endStream);
        return;
      }
      this.#reader.read(bytes, start, end, this);
      if (!this.#options.eager && this.#reader.missing > 0) this.#owner.incomplete();
      if (endStream && !this.#over) {
        this.#reader.end();
        this.#end(missingStatus(), "committed", undefined);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  writable(): void {
    if (!this.#over) this.#owner.writable();
  }

  closed(end: StreamEnd): void {
    if (this.#over) return;
    const reach = this.#head === undefined ? reachOf(end) : "committed";
    this.#over = true;
    const error = streamFailure(end, this.#live.socketError);
    this.#owner.ended({ error, reach, trailers: undefined, lost: true });
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    if (!this.#over) this.#owner.message(bytes, flags, owned);
  }

  #body(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    if (end > start) this.#owner.message(bytes.subarray(start, end), 0, false);
    if (endStream) this.#end(undefined, "committed", undefined);
  }

  #begin(headers: ReceivedHeaders, endStream: boolean): void {
    if (!this.#options.grpc) {
      this.#head = headers;
      this.#owner.head(headers, null);
      if (endStream) this.#end(undefined, "committed", undefined);
      return;
    }
    const { binary, acceptCompression } = this.#options;
    const fault = faultOfHead(headers, binary);
    if (fault !== undefined) {
      this.#end(fault, "seen", endStream ? headers : undefined);
    } else if (endStream) {
      this.#end(statusOf(headers, undefined), "seen", headers);
    } else {
      const compression = compressionOf(headers, acceptCompression);
      if (compression instanceof ConnectError) throw compression;
      this.#head = headers;
      this.#owner.head(headers, compression);
    }
  }

  #trailers(trailers: ReceivedHeaders): void {
    if (!this.#options.grpc) {
      this.#end(undefined, "committed", trailers);
      return;
    }
    const status = statusOf(trailers, this.#head);
    // A server that fails may end anywhere; one that says OK has to be at the end of a message.
    if (status === undefined) this.#reader.end();
    this.#end(status, "committed", trailers);
  }

  #fail(error: unknown): void {
    this.#end(ConnectError.from(error, Code.Internal), "committed", undefined);
  }

  #end(error: ConnectError | undefined, reach: Reach, trailers: ReceivedHeaders | undefined): void {
    if (this.#over) return;
    this.#over = true;
    const stream = this.#stream;
    const heard = trailers !== undefined || (error === undefined && !this.#options.grpc);
    const finished = heard && stream?.sendEnded === true && stream.queued === 0;
    // Whatever is still on its way, in either direction, is of no use.
    if (!finished) stream?.reset(ErrorCode.CANCEL);
    // What hasn't been read yet is kept by whoever reads it: other calls need the credit.
    stream?.release();
    this.#owner.ended({ error, reach, trailers, lost: false });
  }
}
