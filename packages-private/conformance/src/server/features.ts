/** What a server claims to support, which decides the cases that the runner makes. */
interface Features {
  readonly compressions: readonly string[];
  readonly supportsMessageReceiveLimit: boolean;
}

const common = {
  versions: ["HTTP_VERSION_1", "HTTP_VERSION_2"],
  protocols: ["PROTOCOL_CONNECT", "PROTOCOL_GRPC", "PROTOCOL_GRPC_WEB"],
  codecs: ["CODEC_PROTO", "CODEC_JSON"],
  supportsTls: true,
  supportsTlsClientCerts: true,
  supportsH2c: true,
  supportsConnectGet: true,
  // A stream in both directions is refused on HTTP/1.1 with 505, as connect-node does.
  supportsHalfDuplexBidiOverHttp1: false,
};

const supported: Readonly<Record<string, Features>> = {
  privet: {
    compressions: ["IDENTITY", "GZIP", "BR", "ZSTD", "DEFLATE"],
    supportsMessageReceiveLimit: true,
  },
  // Stock connect-node has no other compressions, and says of itself that it has no such limit.
  node: { compressions: ["IDENTITY", "GZIP", "BR"], supportsMessageReceiveLimit: false },
};

/** The runner's configuration for a server: JSON, which is YAML too. */
export function configFor(subject: string): string {
  const { compressions, ...rest } = supported[subject] ?? { compressions: [] };
  const features = {
    ...common,
    ...rest,
    compressions: compressions.map((name) => `COMPRESSION_${name}`),
  };
  return JSON.stringify({ features }, undefined, 2);
}
