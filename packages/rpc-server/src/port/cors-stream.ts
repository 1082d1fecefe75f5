import type { ErrorCode, HeaderBlock, HeaderList, Stream } from "@privet/http2";

/** A stream whose response has fields for the browser, whoever answers. */
export class CorsStream implements Stream {
  readonly #stream: Stream;
  readonly #fields: readonly string[];

  /** @param fields flat list of names and values */
  constructor(stream: Stream, fields: readonly string[]) {
    this.#stream = stream;
    this.#fields = fields;
  }

  get id(): number {
    return this.#stream.id;
  }

  get closed(): boolean {
    return this.#stream.closed;
  }

  get sendEnded(): boolean {
    return this.#stream.sendEnded;
  }

  get queued(): number {
    return this.#stream.queued;
  }

  /** A block that is encoded already stays as it is: those are of gRPC, which no browser speaks. */
  sendHeaders(headers: HeaderList | HeaderBlock, options?: { readonly endStream?: boolean }): void {
    const list = Array.isArray(headers) ? [...headers, ...this.#fields] : headers;
    this.#stream.sendHeaders(list, options);
  }

  sendData(bytes: Uint8Array, endStream: boolean): boolean {
    return this.#stream.sendData(bytes, endStream);
  }

  sendTrailers(headers: HeaderList | HeaderBlock): void {
    this.#stream.sendTrailers(headers);
  }

  reset(code: ErrorCode): void {
    this.#stream.reset(code);
  }

  consume(octets: number): void {
    this.#stream.consume(octets);
  }

  expect(octets: number): void {
    this.#stream.expect(octets);
  }

  release(): void {
    this.#stream.release();
  }
}
