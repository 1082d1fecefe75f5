import { createContextKey, createContextValues } from "@connectrpc/connect";
import { type BalancerPolicy, rotatingPicker, shardedBalancer } from "@privet/rpc-channel";
import type { Attributes } from "@privet/rpc-channel";

/** The zone that a server runs in, as the resolver knows it. */
const zoneKey = createContextKey("");

/** For a resolver: the attributes of an endpoint in `zone`. */
export function inZone(zone: string): Attributes {
  return createContextValues().set(zoneKey, zone);
}

/** Calls stay in `zone` while a server there can take them, and go everywhere else when none can. */
export function preferZone(zone: string): BalancerPolicy {
  return shardedBalancer({
    name: "prefer_zone",
    picker(ready) {
      const near = ready.filter(({ endpoint }) => endpoint.attributes?.get(zoneKey) === zone);
      const chosen = near.length > 0 ? near : ready;
      return rotatingPicker(chosen.map(({ picker }) => picker));
    },
  });
}
