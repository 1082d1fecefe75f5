import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { ErrorCode } from "@privet/http2";
import type { Stream } from "@privet/http2";

/** Of a connection of HTTP/1.1, which HTTP/2 has no use for (RFC 9113 §8.2.2). */
const connectionSpecific = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Writes one response of HTTP, waiting where the client doesn't take it. */
export class HttpResponse {
  readonly #stream: Stream;
  #room: (() => void) | undefined = undefined;
  #headSent = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** There is room again, or nobody left to wait for. */
  room(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }

  /**
   * Resolves when all of it is written. The body's iterator is at an end then,
   * however it went: a generator has run its `finally`.
   *
   * @param gone says why nothing can be sent any more; undefined as long as it can
   */
  async write(response: UniversalServerResponse, gone: () => Error | undefined): Promise<void> {
    const body = response.body?.[Symbol.asyncIterator]();
    let lost: Error | undefined;
    try {
      // The head waits for the body's first chunk: until then, an implementation may set its fields.
      for (let chunk = await body?.next(); chunk?.done === false; chunk = await body?.next()) {
        lost = gone();
        if (lost !== undefined) throw lost;
        this.#sendHead(response, false);
        if (!this.#stream.sendData(chunk.value, false)) await this.#untilRoom();
      }
      lost = gone();
      if (lost !== undefined) throw lost;
      this.#finish(response);
    } finally {
      if (lost !== undefined) body?.throw?.(lost).catch(() => {});
      body?.return?.().catch(() => {});
    }
  }

  /** The response can't be completed. */
  fail(): void {
    if (this.#stream.closed || this.#stream.sendEnded) return;
    if (this.#headSent) {
      this.#stream.reset(ErrorCode.INTERNAL_ERROR);
    } else {
      this.#stream.sendHeaders([":status", "500"], { endStream: true });
    }
  }

  #finish(response: UniversalServerResponse): void {
    const trailers = fieldsOf(response.trailer);
    if (!this.#headSent && trailers.length === 0) {
      this.#sendHead(response, true);
      return;
    }
    this.#sendHead(response, false);
    if (trailers.length > 0) this.#stream.sendTrailers(trailers);
    else this.#stream.sendData(new Uint8Array(0), true);
  }

  #sendHead(response: UniversalServerResponse, endStream: boolean): void {
    if (this.#headSent) return;
    const fields = [":status", String(response.status), ...fieldsOf(response.header)];
    this.#stream.sendHeaders(fields, { endStream });
    this.#headSent = true;
  }

  #untilRoom(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#room = resolve;
    return promise;
  }
}

function fieldsOf(headers: Headers | undefined): string[] {
  const fields: string[] = [];
  for (const [name, value] of headers ?? []) {
    if (!connectionSpecific.has(name)) fields.push(name, value);
  }
  return fields;
}
