import { type Address, formatAddress } from "../address.ts";
import type { Endpoint } from "../endpoint.ts";
import { parseTarget } from "../target.ts";
import type { Resolution, Resolver } from "./resolver.ts";

export interface StaticOptions {
  /** The `:authority` of the calls. Default: the first address. */
  readonly authority?: string;
  /** A service config, as JSON. */
  readonly serviceConfig?: unknown;
}

/**
 * Servers that are known and stay the same.
 *
 * @param servers endpoints, or addresses as text: `10.0.0.1:50051`, `[::1]:50051`, `unix:/run/greeter`
 * @throws TypeError where there is none, or one is a name: names are for `dns:` targets
 */
export function staticResolver(
  servers: readonly (string | Endpoint)[],
  options: StaticOptions = {},
): Resolver {
  const endpoints = servers.flatMap((server) =>
    typeof server === "string" ? parseServer(server) : [server],
  );
  const first = endpoints[0]?.addresses[0];
  if (first === undefined) throw new TypeError("a list of servers has at least one address");
  const resolution: Resolution = {
    endpoints,
    ...(options.serviceConfig !== undefined && {
      serviceConfig: { kind: "json", json: options.serviceConfig },
    }),
  };
  return {
    authority: options.authority ?? (first.kind === "unix" ? "localhost" : formatAddress(first)),
    watch(listener) {
      listener.update(resolution);
      return { refresh: () => {}, close: () => {} };
    },
  };
}

function parseServer(text: string): Endpoint[] {
  const target = parseTarget(text);
  if (target.kind !== "addresses") {
    throw new TypeError(`«${text}» is no address: a name needs a target of its own, dns:${text}`);
  }
  return endpointsOf(target.addresses);
}

/** One endpoint for each address, as gRPC has it for plain lists. */
export function endpointsOf(addresses: readonly Address[]): Endpoint[] {
  return addresses.map((address) => ({ addresses: [address] }));
}
