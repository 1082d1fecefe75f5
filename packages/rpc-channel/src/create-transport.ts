import type { Transport } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@privet/grpc-wire";
import type { ChannelCore } from "./channel-core.ts";
import type { ChannelOptions } from "./channel-options.ts";
import type { ChannelCredentials } from "./credentials/channel-credentials.ts";
import { MethodTable } from "./method.ts";
import type { Connector } from "./subchannel/connector.ts";
import type { Target } from "./target.ts";
import { GrpcTransport } from "./transport.ts";

/** Connect's clients say so; a server's logs know us by it. */
const defaultUserAgent = "connect-es/2.2.0";
const fourMebibytes = 4_194_304;

/**
 * The calls of a channel, in the protocol that its options name.
 *
 * @throws TypeError for call credentials without TLS that nobody has asked for
 */
export function createTransport(
  core: ChannelCore,
  target: Target,
  connector: Connector,
  options: ChannelOptions,
  credentials: ChannelCredentials | undefined,
): Transport {
  const { scheme } = connector;
  const { acceptCompression = [compressionGzip, compressionBrotli] } = options;
  const { sendCompression = null, useBinaryFormat = true } = options;
  const mayCarryCredentials = scheme === "https" || options.sendCredentialsUnencrypted === true;
  const ofChannel = [credentials?.callCredentials, options.callCredentials].filter(
    (each) => each !== undefined,
  );
  if (ofChannel.length > 0 && !mayCarryCredentials) {
    throw new TypeError(
      "call credentials would be sent without TLS: use a secure channel, or the option sendCredentialsUnencrypted",
    );
  }
  return new GrpcTransport({
    host: core,
    methods: new MethodTable({
      ...options,
      scheme,
      authority: core.authority,
      pathPrefix: target.pathPrefix,
      userAgent: options.userAgent ?? defaultUserAgent,
      acceptCompression,
      sendCompression,
    }),
    interceptors: options.interceptors ?? [],
    useBinaryFormat,
    readMaxBytes: options.readMaxBytes ?? fourMebibytes,
    writeMaxBytes: options.writeMaxBytes ?? 0xff_ff_ff_ff,
    acceptCompression,
    sendCompression,
    compressMinBytes: options.compressMinBytes ?? 1_024,
    defaultTimeoutMs: options.defaultTimeoutMs,
    credentials: ofChannel,
    mayCarryCredentials,
  });
}
