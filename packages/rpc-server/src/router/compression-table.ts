import type { ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { contentTypes, encodingNames, negotiateCompression } from "@privet/grpc-wire";
import type { NegotiatedCompression } from "@privet/grpc-wire";
import { preencode } from "@privet/http2";
import type { HeaderBlock } from "@privet/http2";

/** What the server compresses with, and the heads of responses that say so. */
export class CompressionTable {
  /** The value of `grpc-accept-encoding`; empty where nothing is available. */
  readonly names: string;
  readonly #available: readonly Compression[];
  readonly #plainHead: HeaderBlock;
  /** By the response's compression, of responses that tell what requests may be compressed with. */
  readonly #tellingHeads: ReadonlyMap<Compression | null, HeaderBlock>;

  // The values are the very same for most calls of a client: they are compared with the last ones.
  #encoding: string | undefined = undefined;
  #accepted: string | undefined = undefined;
  #negotiated: NegotiatedCompression = none;

  constructor(available: readonly Compression[]) {
    this.#available = available;
    this.names = encodingNames(available);
    this.#plainHead = preencode([":status", "200", "content-type", contentTypes.proto]);
    this.#tellingHeads = new Map(
      [null, ...available].map((compression) => [
        compression,
        preencode([":status", "200", ...this.fields(compression, true)]),
      ]),
    );
  }

  /**
   * @param encoding the request's `grpc-encoding`
   * @param accepted its `grpc-accept-encoding`
   * @returns a ConnectError UNIMPLEMENTED for an encoding that isn't available
   */
  negotiate(
    encoding: string | undefined,
    accepted: string | undefined,
  ): NegotiatedCompression | ConnectError {
    if (encoding === this.#encoding && accepted === this.#accepted) return this.#negotiated;
    const negotiated = negotiateCompression(this.#available, encoding ?? null, accepted ?? null);
    if (negotiated instanceof Error) return negotiated;
    this.#encoding = encoding;
    this.#accepted = accepted;
    this.#negotiated = negotiated;
    return negotiated;
  }

  /** The head of a response without metadata. `tells`: the client has shown an interest in compression. */
  head(response: Compression | null, tells: boolean): HeaderBlock {
    return (tells ? this.#tellingHeads.get(response) : undefined) ?? this.#plainHead;
  }

  /** The fields of a response's head that are the protocol's own. */
  fields(response: Compression | null, tells: boolean): string[] {
    const fields = ["content-type", contentTypes.proto];
    if (response !== null) fields.push("grpc-encoding", response.name);
    if (tells && this.names !== "") fields.push("grpc-accept-encoding", this.names);
    return fields;
  }
}

const none: NegotiatedCompression = { request: null, response: null };
