import type { OwnTarget, Target } from "../target.ts";
import { type DnsOptions, dnsResolver } from "./dns.ts";
import type { Resolver } from "./resolver.ts";
import { endpointsOf, staticResolver } from "./static.ts";

export interface ResolverOptions {
  /** For `dns:` targets, bare names and URLs. */
  readonly dns?: DnsOptions;
  /** Resolvers of one's own, by scheme; they go before ours. */
  readonly resolvers?: Readonly<Record<string, (target: OwnTarget) => Resolver>>;
}

/**
 * The resolver of a target that was read with the keys of `options.resolvers`.
 *
 * @throws TypeError where there is none
 */
export function resolverFor(target: Target, options: ResolverOptions = {}): Resolver {
  if (target.kind === "dns") return dnsResolver(target, options.dns);
  if (target.kind === "addresses") {
    return staticResolver(endpointsOf(target.addresses), { authority: target.authority });
  }
  const own = options.resolvers?.[target.scheme];
  if (own === undefined) {
    throw new TypeError(`«${target.text}»: there is no resolver for «${target.scheme}»`);
  }
  return own(target);
}
