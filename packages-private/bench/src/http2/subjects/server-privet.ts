import type { AddressInfo } from "node:net";
import { preencode } from "@privet/http2";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import { listen } from "@privet/http2/node";
import type { ServerTls, SocketHandler } from "@privet/http2/node";
import { becomeSubject } from "../../harness/subject-process.ts";
import { REPLY_BYTES } from "../../load/calls.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";

// The engine with the plainest code that does the work.

const RESPONSE = preencode([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = preencode(["grpc-status", "0"]);
const NOT_FOUND = preencode([":status", "404"]);

/** Reads the request to its end, then gives the same answer to all. */
class Reply implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  data(_bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#stream.consume(end - start);
    if (endStream) this.answer();
  }

  answer(): void {
    const stream = this.#stream;
    stream.sendHeaders(RESPONSE);
    stream.sendData(REPLY_BYTES, false);
    stream.sendTrailers(TRAILERS);
    stream.release();
  }

  closed(): void {}
}

/** Puts the request together in one piece and sends it back. */
class Echo implements StreamHandler {
  readonly #stream: Stream;
  readonly #message: Buffer;
  #length = 0;

  constructor(stream: Stream, length: number) {
    this.#stream = stream;
    this.#message = Buffer.allocUnsafeSlow(length);
    stream.expect(length);
  }

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#message.set(bytes.subarray(start, end), this.#length);
    this.#length += end - start;
    this.#stream.consume(end - start);
    if (!endStream) return;
    this.#stream.sendHeaders(RESPONSE);
    this.#stream.sendData(this.#message, true);
    this.#stream.release();
  }

  closed(): void {}
}

/** Never answers. */
class Hold implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#stream.consume(end - start);
  }

  closed(): void {
    this.#stream.release();
  }
}

function onStream(stream: Stream, headers: ReceivedHeaders, endStream: boolean): StreamHandler {
  switch (headers.path) {
    case "/reply": {
      const reply = new Reply(stream);
      if (endStream) reply.answer();
      return reply;
    }
    case "/echo":
      return new Echo(stream, headers.contentLength);
    default: {
      if (headers.path !== "/hold") {
        stream.sendHeaders(NOT_FOUND, { endStream: true });
      }
      return new Hold(stream);
    }
  }
}

const handler: SocketHandler = { stream: onStream };

async function portOf(tls?: ServerTls): Promise<number> {
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    backlog: 4096,
    maxConnections: 20_000,
    handler: () => handler,
    ...(tls && { tls }),
  });
  return (listener.address as AddressInfo).port;
}

becomeSubject({ plain: await portOf(), tls: await portOf(certificateOfArguments()) });
