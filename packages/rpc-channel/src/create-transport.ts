import type { Transport } from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@privet/grpc-wire";
import type { ChannelCore } from "./channel-core.ts";
import type { ChannelOptions } from "./channel-options.ts";
import type { ChannelCredentials } from "./credentials/channel-credentials.ts";
import { assertMayCarry } from "./credentials/plaintext.ts";
import { MethodTable } from "./method.ts";
import type { Connector } from "./subchannel/connector.ts";
import { LazyTransport } from "./stock/lazy-transport.ts";
import type { Target } from "./target.ts";
import { GrpcTransport } from "./transport.ts";

/** Connect's clients say so; a server's logs know us by it. */
const defaultUserAgent = "connect-es/2.2.0";
const fourMebibytes = 4_194_304;

/**
 * The calls of a channel, in the protocol that its options name.
 *
 * @throws ConnectError UNAUTHENTICATED for call credentials without TLS that nobody has asked for
 * @throws TypeError for gRPC over HTTP/1.1
 */
export function createTransport(
  core: ChannelCore,
  target: Target,
  connector: Connector,
  options: ChannelOptions,
  credentials: ChannelCredentials | undefined,
): Transport {
  const { scheme } = connector;
  const { protocol = "grpc", interceptors = [], useBinaryFormat = true } = options;
  const { pathPrefix } = target;
  const mayCarryCredentials = scheme === "https" || options.sendCredentialsUnencrypted === true;
  const ofChannel = [credentials?.callCredentials, options.callCredentials].filter(
    (each) => each !== undefined,
  );
  if (ofChannel.length > 0) assertMayCarry(mayCarryCredentials);
  const common = {
    pathPrefix,
    acceptCompression: options.acceptCompression ?? [compressionGzip, compressionBrotli],
    sendCompression: options.sendCompression ?? null,
    compressMinBytes: options.compressMinBytes ?? 1_024,
    readMaxBytes: options.readMaxBytes ?? fourMebibytes,
    writeMaxBytes: options.writeMaxBytes ?? 0xff_ff_ff_ff,
    credentials: ofChannel,
    mayCarryCredentials,
  };
  if (protocol !== "grpc") {
    const baseUrl = `${scheme}://${core.authority}${pathPrefix}`;
    const tls = credentials && (() => credentials.load());
    const settled = { ...common, protocol, baseUrl, tls };
    // A sixth of what there is to load, for who wants these protocols.
    return new LazyTransport(async () => {
      const { createStockTransport } = await import("./stock/stock-transport.ts");
      return createStockTransport(core, options, settled);
    });
  }
  if (options.httpVersion === "1.1") throw new TypeError("gRPC needs HTTP/2");
  return new GrpcTransport({
    ...common,
    host: core,
    methods: new MethodTable({
      ...options,
      ...common,
      scheme,
      authority: core.authority,
      userAgent: options.userAgent ?? defaultUserAgent,
    }),
    interceptors,
    useBinaryFormat,
    defaultTimeoutMs: options.defaultTimeoutMs,
  });
}
