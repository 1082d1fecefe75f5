import type { Interceptor, Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import type { Compression } from "@connectrpc/connect/protocol";
import { createTransport as createConnect } from "@connectrpc/connect/protocol-connect";
import { createTransport as createGrpcWeb } from "@connectrpc/connect/protocol-grpc-web";
import type { ClientTls } from "@privet/http2/node";
import type { ChannelCore } from "../channel-core.ts";
import type { ChannelOptions } from "../channel-options.ts";
import type { CallCredentials } from "../credentials/call-credentials.ts";
import { credentialsInterceptor } from "./credentials-interceptor.ts";
import { LazyTransport } from "./lazy-transport.ts";
import { retryingInterceptor } from "./retrying-interceptor.ts";
import { createUniversalClient } from "./universal-client.ts";

/** What has been settled about the calls of a channel, whatever their protocol. */
export interface StockOptions {
  readonly protocol: "connect" | "grpc-web";
  readonly baseUrl: string;
  readonly pathPrefix: string;
  readonly acceptCompression: readonly Compression[];
  readonly sendCompression: Compression | null;
  readonly compressMinBytes: number;
  readonly readMaxBytes: number;
  readonly writeMaxBytes: number;
  readonly credentials: readonly CallCredentials[];
  readonly mayCarryCredentials: boolean;
  /** Undefined without TLS. */
  readonly tls: (() => Promise<ClientTls>) | undefined;
}

/** The Connect and gRPC-Web protocols, by Connect's own transports. */
export function createStockTransport(
  core: ChannelCore,
  options: ChannelOptions,
  settled: StockOptions,
): Transport {
  const { acceptCompression, sendCompression, compressMinBytes, readMaxBytes, writeMaxBytes } =
    settled;
  const { jsonOptions, binaryOptions, defaultTimeoutMs } = options;
  const common = {
    baseUrl: settled.baseUrl,
    useBinaryFormat: options.useBinaryFormat ?? true,
    interceptors: interceptorsOf(core, options, settled),
    acceptCompression: [...acceptCompression],
    compressMinBytes,
    readMaxBytes,
    writeMaxBytes,
    useHttpGet: options.useHttpGet ?? false,
    ...(jsonOptions && { jsonOptions }),
    ...(binaryOptions && { binaryOptions }),
    ...(defaultTimeoutMs !== undefined && { defaultTimeoutMs }),
  };
  if (options.httpVersion === "1.1") {
    const create = settled.protocol === "connect" ? createConnectTransport : createGrpcWebTransport;
    return new LazyTransport(async () =>
      create({
        ...common,
        httpVersion: "1.1",
        ...(sendCompression && { sendCompression }),
        ...(settled.tls && { nodeOptions: await settled.tls() }),
      }),
    );
  }
  const create = settled.protocol === "connect" ? createConnect : createGrpcWeb;
  const httpClient = createUniversalClient(core, settled.pathPrefix);
  return create({ ...common, httpClient, sendCompression });
}

/** The user's first, that is outermost; each attempt has its credentials. */
function interceptorsOf(
  core: ChannelCore,
  { interceptors = [], userAgent }: ChannelOptions,
  { credentials, mayCarryCredentials }: StockOptions,
): Interceptor[] {
  return [
    ...interceptors,
    ...(userAgent === undefined ? [] : [userAgentInterceptor(userAgent)]),
    retryingInterceptor(core),
    credentialsInterceptor(credentials, mayCarryCredentials),
  ];
}

function userAgentInterceptor(userAgent: string): Interceptor {
  return (next) => (request) => {
    const own = request.header.get("user-agent");
    // Connect's own says only that it is Connect.
    if (own === null || own.startsWith("connect-es/")) request.header.set("user-agent", userAgent);
    return next(request);
  };
}
