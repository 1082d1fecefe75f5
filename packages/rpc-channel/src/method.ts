import type { DescMethod } from "@bufbuild/protobuf";
import type { Compression } from "@connectrpc/connect/protocol";
import { contentTypes, encodingNames } from "@privet/grpc-wire";
import { type CodecOptions, createMessageCodec, type MessageCodec } from "./message-codec.ts";

/** What all calls of a channel have in common. */
export interface MethodOptions extends CodecOptions {
  readonly scheme: "http" | "https";
  readonly authority: string;
  /** Before all paths: empty, or `/prefix`. */
  readonly pathPrefix: string;
  readonly userAgent: string;
  readonly acceptCompression: readonly Compression[];
  readonly sendCompression: Compression | null;
}

/** A method as this channel calls it. */
export interface Method {
  readonly desc: DescMethod;
  /** `/package.Service/Method`, as service configs and balancers know it. */
  readonly path: string;
  /** As interceptors see it. */
  readonly url: string;
  readonly serviceUrl: string;
  readonly codec: MessageCodec;
  /** The request's headers but metadata and what differs between attempts. */
  readonly fields: readonly string[];
}

/** The methods that a channel has called. */
export class MethodTable {
  readonly #options: MethodOptions;
  readonly #methods: Map<DescMethod, Method> = new Map();

  constructor(options: MethodOptions) {
    this.#options = options;
  }

  get(desc: DescMethod): Method {
    const known = this.#methods.get(desc);
    if (known !== undefined) return known;
    const method = createMethod(desc, this.#options);
    this.#methods.set(desc, method);
    return method;
  }
}

function createMethod(desc: DescMethod, options: MethodOptions): Method {
  const { scheme, authority, pathPrefix } = options;
  const service = desc.parent.typeName;
  const path = `/${service}/${desc.name}`;
  const base = `${scheme}://${authority}${pathPrefix}`;
  return {
    desc,
    path,
    url: base + path,
    serviceUrl: `${base}/${service}`,
    codec: createMessageCodec(desc, options),
    fields: [
      ":method",
      "POST",
      ":scheme",
      scheme,
      ":path",
      pathPrefix + path,
      ":authority",
      authority,
      ...protocolFields(options),
    ],
  };
}

/** In the order of gRPC over HTTP/2, "Requests". */
function protocolFields(options: MethodOptions): string[] {
  const { useBinaryFormat = true, sendCompression, acceptCompression, userAgent } = options;
  const fields = ["te", "trailers"];
  fields.push("content-type", contentTypes[useBinaryFormat ? "proto" : "json"]);
  if (sendCompression !== null) fields.push("grpc-encoding", sendCompression.name);
  if (acceptCompression.length > 0) {
    fields.push("grpc-accept-encoding", encodingNames(acceptCompression));
  }
  fields.push("user-agent", userAgent);
  return fields;
}
