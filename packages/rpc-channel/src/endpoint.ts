import type { ContextValues } from "@connectrpc/connect";
import { type Address, formatAddress } from "./address.ts";

/**
 * What is known of an endpoint beyond its addresses, for the balancers that
 * care: `createContextValues().set(zone, "a")` with a `createContextKey()` of
 * one's own, both from @connectrpc/connect.
 */
export type Attributes = Pick<ContextValues, "get">;

/** One server, which may have several addresses: one of them is connected to (gRFC A61). */
export interface Endpoint {
  readonly addresses: readonly Address[];
  /** How much of the load it takes in proportion to its neighbours. Default 1. */
  readonly weight?: number;
  readonly attributes?: Attributes;
}

/** The same for the same addresses, in whatever order they come. */
export function endpointKey(endpoint: Endpoint): string {
  const [only, ...others] = endpoint.addresses;
  if (only === undefined) return "";
  if (others.length === 0) return formatAddress(only);
  return endpoint.addresses.map(formatAddress).sort().join(",");
}
