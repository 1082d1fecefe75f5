import type { Interceptor } from "@connectrpc/connect";
import type { Logger } from "pino";
import { formatAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { routes } from "./routes.ts";
import { createRuntime } from "./runtime.ts";
import type { Runtime } from "./runtime.ts";

/** What a greeter server is made of. */
export interface GreeterServerOptions {
  /** Where to listen. `::` also takes IPv4, and gives way to `0.0.0.0` where there is no IPv6. */
  readonly address: Address;
  /** How long open calls may go on once the server drains, in milliseconds. */
  readonly drainTimeoutMs: number;
  readonly logger: Pick<Logger, "info" | "warn">;
  /** See every call before the service does; the first is the outermost. Default: none. */
  readonly interceptors?: readonly Interceptor[];
  /** What speaks HTTP/2. Default: `node:http2` without TLS. */
  readonly runtime?: Runtime;
}

/** A greeter server: listen once, drain once. */
export interface GreeterServer {
  /**
   * Starts to serve, and answers where.
   *
   * @throws Error with the system's `code`, such as EADDRINUSE
   */
  listen(): Promise<Address>;
  /** Accepts nothing new, and resolves when the calls that were open have ended. */
  drain(): Promise<void>;
}

/** Wires the service to a runtime. Nothing starts. */
export function build({
  address,
  drainTimeoutMs,
  logger,
  interceptors = [],
  runtime = createRuntime(routes, interceptors),
}: GreeterServerOptions): GreeterServer {
  const listenWithoutIpv6 = (error: unknown): Promise<Address> => {
    if (address.host !== "::" || !lacksIpv6(error)) throw error;
    logger.warn("this machine has no IPv6: listening on IPv4 alone");
    return runtime.listen({ ...address, host: "0.0.0.0" });
  };
  return {
    async listen() {
      const bound = await runtime.listen(address).catch(listenWithoutIpv6);
      logger.info({ address: formatAddress(bound) }, "serving");
      return bound;
    },
    async drain() {
      logger.info({ drainTimeoutMs }, "draining");
      const cut = await runtime.drain(drainTimeoutMs);
      if (cut > 0) {
        logger.warn({ calls: cut }, "the drain timeout is over: open calls were cut off");
      }
      logger.info("stopped");
    },
  };
}

function lacksIpv6(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}
