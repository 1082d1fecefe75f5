import { ConnectError } from "@connectrpc/connect";
import {
  appendErrorStatus,
  appendHeaders,
  prefixLength,
  writeMessage,
  writePrefix,
} from "@privet/grpc-wire";
import { preencode, UsageError } from "@privet/http2";
import type { HeaderBlock, HeaderList, Stream } from "@privet/http2";
import type { CallCompression } from "../context/call-compression.ts";
import type { ContextState } from "../context/handler-context.ts";
import { passingOctets } from "../router/octets.ts";
import { batchOctets, MessageBatch } from "./message-batch.ts";

const okTrailers = preencode(["grpc-status", "0"]);

/** Writes the response of one call: head, messages, status. Its caller sees to the order. */
export class Response {
  /** Called once when there is room again. */
  onRoom: (() => void) | undefined = undefined;
  readonly #stream: Stream;
  readonly #context: ContextState;
  readonly #compression: CallCompression;
  #headSent = false;
  /** There is no room for more messages. */
  #full = false;
  /** Messages of this turn, where there are several. */
  #batch: MessageBatch | undefined = undefined;

  constructor(stream: Stream, context: ContextState, compression: CallCompression) {
    this.#stream = stream;
    this.#context = context;
    this.#compression = compression;
  }

  /** Wait for `onRoom` before the next message. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * All of a response that is one message.
   *
   * @throws UsageError for metadata that HTTP can't carry; `fail()` can follow
   */
  sendSole(bytes: Uint8Array, flags: number): void {
    const trailers = this.#trailers();
    this.#sendHead();
    const size = prefixLength + bytes.length;
    if (size <= batchOctets) {
      const framed = passingOctets(size);
      writeMessage(framed, 0, bytes, flags);
      this.#sendData(framed);
    } else {
      const prefix = passingOctets(prefixLength);
      writePrefix(prefix, 0, bytes.length, flags);
      this.#sendData(prefix);
      this.#sendData(bytes);
    }
    this.#stream.sendTrailers(trailers);
  }

  /**
   * One message of several. They leave together at the end of the turn.
   *
   * @throws UsageError for metadata that HTTP can't carry; `fail()` can follow
   */
  send(bytes: Uint8Array, flags: number): void {
    this.#sendHead();
    const batch = (this.#batch ??= new MessageBatch((octets) => this.#sendData(octets)));
    // A generator runs on in microtasks: what it yields without waiting for anything is one batch.
    if (batch.empty) process.nextTick(flush, batch);
    batch.add(bytes, flags);
  }

  /**
   * The end with OK.
   *
   * @throws UsageError for metadata that HTTP can't carry; `fail()` can follow
   */
  finish(): void {
    const trailers = this.#trailers();
    this.#sendHead();
    this.#batch?.flush();
    this.#stream.sendTrailers(trailers);
  }

  /** The end with a status that isn't OK. */
  fail(error: ConnectError): void {
    try {
      this.#sendStatus(error, this.#ownHeaders(), this.#context.touchedResponseTrailer);
    } catch (cause) {
      if (!(cause instanceof UsageError)) throw cause;
      // Metadata that HTTP can't carry must not keep the status from the client.
      const bare = new ConnectError(error.rawMessage, error.code);
      bare.details = error.details;
      this.#sendStatus(bare, [], undefined);
    }
  }

  /** `StreamHandler.writable` */
  room(): void {
    this.#full = false;
    const { onRoom } = this;
    this.onRoom = undefined;
    onRoom?.();
  }

  #sendStatus(error: ConnectError, headers: readonly string[], trailer: Headers | undefined): void {
    const status: string[] = [];
    if (trailer !== undefined) appendHeaders(status, trailer);
    appendErrorStatus(status, error);
    if (!this.#headSent && headers.length === 0) {
      // Trailers-Only (gRPC over HTTP/2, "Responses").
      const fields = [":status", "200", ...this.#compression.statusFields, ...status];
      this.#stream.sendHeaders(fields, { endStream: true });
      return;
    }
    this.#sendHead();
    this.#batch?.flush();
    this.#stream.sendTrailers(status);
  }

  #sendHead(): void {
    if (this.#headSent) return;
    const own = this.#ownHeaders();
    const head: HeaderList | HeaderBlock =
      own.length === 0
        ? this.#compression.head
        : [":status", "200", ...this.#compression.headFields, ...own];
    this.#stream.sendHeaders(head);
    this.#headSent = true;
  }

  /** What the implementation and its interceptors have set. */
  #ownHeaders(): readonly string[] {
    return fieldsOf(this.#context.touchedResponseHeader);
  }

  #trailers(): HeaderList | HeaderBlock {
    const own = fieldsOf(this.#context.touchedResponseTrailer);
    return own.length === 0 ? okTrailers : ["grpc-status", "0", ...own];
  }

  #sendData(bytes: Uint8Array): void {
    // What is left of the last turn comes too late where the call has ended since.
    if (this.#stream.sendEnded) return;
    if (!this.#stream.sendData(bytes, false)) this.#full = true;
  }
}

function flush(batch: MessageBatch): void {
  batch.flush();
}

function fieldsOf(headers: Headers | undefined): readonly string[] {
  if (headers === undefined) return noFields;
  const fields: string[] = [];
  appendHeaders(fields, headers);
  return fields;
}

const noFields: readonly string[] = [];
