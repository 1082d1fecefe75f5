import { type Address, formatAddress } from "../address.ts";
import type { Endpoint } from "../endpoint.ts";

/** The endpoints in an order that is left to chance (Fisher and Yates). */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}

/**
 * The order in which addresses are to be tried (RFC 8305 §4, gRFC A61): one of
 * each family in turn, beginning with the family of the first, and in their own
 * order within a family. None comes twice. By `formatAddress()`.
 */
export function connectionOrder(endpoints: readonly Endpoint[]): ReadonlyMap<string, Address> {
  const families = new Map<string, [string, Address][]>();
  for (const address of endpoints.flatMap(({ addresses }) => addresses)) {
    const key = formatAddress(address);
    const family = familyOf(address);
    const members = families.get(family);
    if (members === undefined) families.set(family, [[key, address]]);
    else members.push([key, address]);
  }
  // What a map is told again stays where it was told first.
  return new Map(interleave([...families.values()]));
}

function familyOf(address: Address): string {
  if (address.kind === "unix") return "unix";
  return address.host.includes(":") ? "ipv6" : "ipv4";
}

function* interleave<T>(lists: readonly (readonly T[])[]): Generator<T> {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let i = 0; i < longest; i++) {
    for (const list of lists) {
      if (i < list.length) yield list[i] as T;
    }
  }
}
