import type { Compression } from "@connectrpc/connect/protocol";
import type { HeaderBlock } from "@privet/http2";
import type { CompressionTable } from "../router/compression-table.ts";
import type { MessageCompression } from "./message-compression.ts";

/** How one call is compressed: what was negotiated, and what its implementation asks for. */
export class CallCompression implements MessageCompression {
  received = false;
  send: boolean | undefined = undefined;
  request: Compression | null = null;
  response: Compression | null = null;
  readonly #table: CompressionTable;
  /** The client has named compressions: it is told ours. */
  readonly #tells: boolean;

  constructor(table: CompressionTable, tells: boolean) {
    this.#table = table;
    this.#tells = tells;
  }

  /** The response's head, without metadata. */
  get head(): HeaderBlock {
    return this.#table.head(this.response, this.#tells);
  }

  /** The protocol's own fields of the head: name, value, name, value … */
  get headFields(): string[] {
    return this.#table.fields(this.response, this.#tells);
  }

  /** The same of a response that has no messages, and so no compression. */
  get statusFields(): string[] {
    return this.#table.fields(null, this.#tells);
  }

  /** What an implementation finds in `responseHeader`. */
  get responseFields(): [string, string][] {
    const fields: [string, string][] = [["content-type", this.headFields[1] ?? ""]];
    if (this.response !== null) fields.push(["grpc-encoding", this.response.name]);
    return fields;
  }

  /** The compression of the next message of the response, of `size` octets. */
  choose(size: number, minBytes: number): Compression | null {
    const wanted = this.send ?? size >= minBytes;
    return wanted ? this.response : null;
  }
}
