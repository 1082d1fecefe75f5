import type { Interceptor } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import type { Limits } from "@privet/http2";
import type { BackoffOptions } from "./backoff.ts";
import type { BalancerPolicy } from "./balancer/balancer.ts";
import type { CallCredentials } from "./credentials/call-credentials.ts";
import type { Logger } from "./logger.ts";
import type { CodecOptions } from "./message-codec.ts";
import type { ResolverOptions } from "./resolver/for-target.ts";
import type { Resolver } from "./resolver/resolver.ts";
import type { BalancerTable } from "./service-config/parse.ts";
import type { SubchannelPool } from "./subchannel/pool.ts";
import type { Timers } from "./timers.ts";

/** How a channel calls. Everything has a default; times are in milliseconds, sizes in octets. */
export interface ChannelOptions extends CodecOptions, ResolverOptions {
  // Calls

  /** The first is the outermost; they run once a call, and not once an attempt. Default none. */
  readonly interceptors?: readonly Interceptor[];
  /** What is spoken. Default `"grpc"`. */
  readonly protocol?: "grpc" | "grpc-web" | "connect";
  /**
   * For servers and proxies that know nothing newer, with `connect` and
   * `grpc-web` and a target `http://` or `https://`: Connect's own transport
   * over `node:http`, without balancing. Default `"2"`.
   */
  readonly httpVersion?: "1.1" | "2";
  /** With `connect`: methods without side effects are called by GET. Default false. */
  readonly useHttpGet?: boolean;
  /** Of calls that name none. Default: none. */
  readonly defaultTimeoutMs?: number;
  /** Calls wait for a server where they would fail with UNAVAILABLE. A call's own `waitForReady` goes before it. Default false. */
  readonly waitForReady?: boolean;
  /** Goes with every call. Default none. */
  readonly callCredentials?: CallCredentials;
  /** Call credentials without TLS: whoever listens can use them. Default false. */
  readonly sendCredentialsUnencrypted?: boolean;
  /** Of one message that is received. Default 4 MiB. */
  readonly readMaxBytes?: number;
  /** Of one message that is sent, before compression. Default 4 GiB - 1. */
  readonly writeMaxBytes?: number;
  /** What servers may compress with, the most wanted first. Default gzip, br. */
  readonly acceptCompression?: readonly Compression[];
  /** What requests are compressed with. Default: nothing. */
  readonly sendCompression?: Compression;
  /** Smaller messages are sent as they are. Default 1,024. */
  readonly compressMinBytes?: number;
  /** Default: `connect-es/…`, as Connect's clients. */
  readonly userAgent?: string;
  /** The `:authority` of the calls. Default: that of the target. */
  readonly authority?: string;

  // Servers

  /** Finds the servers, instead of the target's own way. */
  readonly resolver?: Resolver;
  /** Spreads the calls. A service config that the resolver finds goes before it. Default `pickFirst()`. */
  readonly balancer?: BalancerPolicy;
  /** Balancers of one's own for service configs, by name. */
  readonly balancers?: BalancerTable;
  /** In JSON's shape: what holds where the resolver finds none. */
  readonly serviceConfig?: unknown;

  // Retries

  /** Attempts of one call, whatever its policy says. Default 5. */
  readonly maxAttempts?: number;
  /** Of one call's request that is kept to be sent again. Default 262,144. */
  readonly retryBufferBytes?: number;
  /** The same of all calls of the channel. Default 16,777,216. */
  readonly channelRetryBufferBytes?: number;

  // Connections

  readonly backoff?: BackoffOptions;
  /** For an attempt to connect, up to the server's SETTINGS; longer where the backoff is. Default 20,000. */
  readonly minConnectTimeoutMs?: number;
  /** Without calls for so long, the channel closes its connections. Default 1,800,000. */
  readonly idleTimeoutMs?: number;
  /** Silence after which a PING is sent; 10,000 at least. Default Infinity. */
  readonly keepaliveTimeMs?: number;
  /** Silence after that which ends the connection. Default 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** PINGs without calls too. Default false. */
  readonly keepaliveWithoutCalls?: boolean;
  /** Of the engine, for each connection. */
  readonly limits?: Partial<Limits>;
  /** Whose connections are used. Default: those of all channels of this thread. */
  readonly subchannelPool?: SubchannelPool;

  // Operations

  /** Default: warnings on the console. */
  readonly logger?: Logger;
  /** Another time than the system's, for tests. */
  readonly timers?: Timers;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
}
