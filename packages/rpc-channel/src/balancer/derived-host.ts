import type { BalancerHost } from "./balancer.ts";

/** `host` with some of it replaced, for a balancer within a balancer. */
export function derivedHost(host: BalancerHost, replaced: Partial<BalancerHost>): BalancerHost {
  return {
    timers: host.timers,
    random: host.random,
    defer: (task) => host.defer(task),
    createSubchannel: (address, listener) => host.createSubchannel(address, listener),
    publish: (state) => host.publish(state),
    requestResolution: () => host.requestResolution(),
    ...replaced,
  };
}
