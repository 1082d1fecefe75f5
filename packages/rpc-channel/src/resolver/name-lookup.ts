import dns from "node:dns/promises";

/** Asks for what names stand for. Its promises reject with Node's errors, whose `code` is DNS's reason. */
export interface NameLookup {
  addresses(host: string): Promise<FoundAddresses>;
  /** The SRV records of `_service._proto.name`. */
  services(name: string): Promise<readonly ServiceRecord[]>;
  /** The TXT records, each in its pieces. */
  texts(name: string): Promise<readonly (readonly string[])[]>;
  /** Gives up what is under way, as far as that is possible. */
  cancel(): void;
}

export interface FoundAddresses {
  readonly addresses: readonly string[];
  /** How long they may be believed, in milliseconds; undefined where that isn't known. */
  readonly ttlMs: number | undefined;
}

/** RFC 2782. */
export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface ServerLookupOptions {
  /** `10.0.0.2:53` or `[::1]:53`; undefined asks those that the system asks. */
  readonly nameServer: string | undefined;
  /** Of the first try; the second waits twice as long. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Asks name servers themselves: for TTLs, for SRV and TXT, or because the target names a server. */
export function serverLookup(options: ServerLookupOptions): NameLookup {
  const resolver = new dns.Resolver({ timeout: options.timeoutMs ?? 5_000, tries: 2 });
  if (options.nameServer !== undefined) resolver.setServers([options.nameServer]);
  return {
    addresses: (host) => bothFamilies(resolver, host),
    services: (name) => resolver.resolveSrv(name),
    texts: (name) => resolver.resolveTxt(name),
    cancel: () => resolver.cancel(),
  };
}

/**
 * Asks the system for addresses, so that /etc/hosts, search domains and
 * whatever else it is set up with count. It can say neither TTLs nor other
 * records: for these it asks the name servers.
 */
export function systemLookup(options: Omit<ServerLookupOptions, "nameServer"> = {}): NameLookup {
  const servers = serverLookup({ ...options, nameServer: undefined });
  return {
    ...servers,
    async addresses(host) {
      const found = await dns.lookup(host, { all: true, order: "verbatim" });
      return { addresses: found.map(({ address }) => address), ttlMs: undefined };
    },
  };
}

async function bothFamilies(resolver: dns.Resolver, host: string): Promise<FoundAddresses> {
  // RFC 6724 would sort them by what the machine can reach; in its place, connecting tries both.
  const answers = await Promise.allSettled([
    resolver.resolve6(host, { ttl: true }),
    resolver.resolve4(host, { ttl: true }),
  ]);
  const records = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (records.length === 0) throw worstReason(answers);
  return {
    addresses: records.map(({ address }) => address),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
  };
}

/** «No such record» of one family says less than what befell the other. */
function worstReason(answers: readonly PromiseSettledResult<unknown>[]): unknown {
  const reasons = answers.flatMap((answer) =>
    answer.status === "rejected" ? [answer.reason as NodeJS.ErrnoException] : [],
  );
  return reasons.find(({ code }) => code !== dns.NODATA) ?? reasons[0];
}
