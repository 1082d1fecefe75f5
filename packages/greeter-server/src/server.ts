import type { ConnectRouter } from "@connectrpc/connect";
import { createHealth, createServer, reflection as reflect } from "@privet/rpc-server";
import type { Logger, PortOptions, ServerCredentials, ServerOptions } from "@privet/rpc-server";
import { formatAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { guard } from "./guard.ts";
import { routes } from "./routes.ts";

/** What a greeter server is made of. Options of `@privet/rpc-server` keep its defaults. */
export interface GreeterServerOptions
  extends
    PortOptions,
    Pick<
      ServerOptions,
      "interceptors" | "limits" | "maxConcurrentCalls" | "maxConnections" | "readMaxBytes"
    > {
  /** Where to listen. `::` also takes IPv4, and gives way to `0.0.0.0` where there is no IPv6. */
  readonly address: Address;
  /** How long open calls may go on once the server drains, in milliseconds. */
  readonly drainTimeoutMs: number;
  readonly logger: Logger;
  /** Default: no TLS. */
  readonly credentials?: ServerCredentials | undefined;
  /** Who calls has to have one of them, save for health. Default: none, and everyone may call. */
  readonly tokens?: readonly string[];
  /** Serves `grpc.health.v1.Health`. Default true. */
  readonly health?: boolean;
  /** Serves `grpc.reflection.v1` and `v1alpha`. Default false. */
  readonly reflection?: boolean;
}

/** A greeter server: listen once, drain once. */
export interface GreeterServer {
  /**
   * Starts to serve, and answers where.
   *
   * @throws Error with the system's `code`, such as EADDRINUSE
   * @throws Error for certificates that can't be used
   */
  listen(): Promise<Address>;
  /** Accepts nothing new, and resolves when the calls that were open have ended. */
  drain(): Promise<void>;
}

/** Wires the service to a server. Nothing starts. */
export function build(options: GreeterServerOptions): GreeterServer {
  const { address, drainTimeoutMs, credentials, health = true, ...others } = options;
  const server = createServer({
    ...others,
    routes: routesOf(options),
    ...(health && { health: createHealth() }),
  });
  const { logger } = options;
  return {
    async listen() {
      const asked = formatAddress(address);
      const port = await (credentials === undefined
        ? server.addInsecurePort(asked, options)
        : server.addSecurePort(asked, credentials, options));
      await server.start();
      const bound = { host: address.host, port };
      logger.info({ address: formatAddress(bound) }, "serving");
      return bound;
    },
    async drain() {
      logger.info({ drainTimeoutMs }, "draining");
      await server.stop({ graceMs: drainTimeoutMs });
      logger.info({}, "stopped");
    },
  };
}

function routesOf({
  tokens = [],
  reflection = false,
}: GreeterServerOptions): ServerOptions["routes"] {
  const all = (router: ConnectRouter): void => {
    routes(router);
    if (reflection) reflect(router);
  };
  return tokens.length === 0 ? all : guard(all, tokens);
}
