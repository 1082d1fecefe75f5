import { isIPv6 } from "node:net";
import type { Endpoint } from "../endpoint.ts";
import type { DnsTarget } from "../target.ts";
import type { NameLookup, ServiceRecord } from "./name-lookup.ts";
import type { ResolvedServiceConfig } from "./resolver.ts";
import { type Chooser, chooseServiceConfig, serviceConfigName } from "./service-config-choice.ts";
import { orderServices } from "./service-records.ts";

/** What the name of a target stands for. */
export interface DnsAnswer {
  /** At least one. */
  readonly endpoints: readonly Endpoint[];
  /** How long that may be believed, in milliseconds; undefined where it isn't known. */
  readonly ttlMs: number | undefined;
}

/** One round of questions. @throws Error, Node's or ours, where there are no addresses */
export async function askEndpoints(
  target: DnsTarget,
  lookup: NameLookup,
  random: () => number,
): Promise<DnsAnswer> {
  if (target.srv) return askServices(target.host, lookup, random);
  const { addresses, ttlMs } = await lookup.addresses(target.host);
  if (addresses.length === 0) throw new Error("it has no addresses");
  // Each address may be another server: gRPC takes them for endpoints of their own.
  const endpoints = addresses.map((address) => endpointOf([address], target.port));
  return { endpoints, ttlMs };
}

async function askServices(
  name: string,
  lookup: NameLookup,
  random: () => number,
): Promise<DnsAnswer> {
  // RFC 2782: a single record with the root as its target means «not here».
  const records = (await lookup.services(name)).filter((record) => !/^\.?$/.test(record.name));
  if (records.length === 0) throw new Error("the service isn't offered there");
  let lastError: unknown;
  for (const group of orderServices(records, random)) {
    // Of the less wanted ones, none is used while one that is wanted more has addresses.
    const answers = await Promise.allSettled(group.map((record) => askService(record, lookup)));
    const found = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [answer.value] : [],
    );
    if (found.length > 0) return merge(found);
    lastError = answers.find((answer) => answer.status === "rejected")?.reason;
  }
  throw lastError;
}

/** The addresses of one record belong to one server. */
async function askService(record: ServiceRecord, lookup: NameLookup): Promise<DnsAnswer> {
  const { addresses, ttlMs } = await lookup.addresses(record.name);
  if (addresses.length === 0) throw new Error(`${record.name} has no addresses`);
  // A weight of 0 is for records among which there is nothing to choose.
  const endpoint = { ...endpointOf(addresses, record.port), weight: Math.max(record.weight, 1) };
  return { endpoints: [endpoint], ttlMs };
}

function merge(answers: readonly DnsAnswer[]): DnsAnswer {
  const ttls = answers.flatMap(({ ttlMs }) => (ttlMs === undefined ? [] : [ttlMs]));
  return {
    endpoints: answers.flatMap(({ endpoints }) => endpoints),
    ttlMs: ttls.length === 0 ? undefined : Math.min(...ttls),
  };
}

function endpointOf(hosts: readonly string[], port: number): Endpoint {
  // Mapped addresses, ::ffff:10.0.0.1, are what some systems give for IPv4.
  const plain = hosts.map((host) => (isIPv6(host) ? host.replace(/^::ffff:(?=\d+\.)/i, "") : host));
  return { addresses: plain.map((host) => ({ kind: "tcp", host, port })) };
}

const noSuchRecord = new Set(["ENODATA", "ENOTFOUND"]);

/**
 * The service config in the TXT records of a target's name, for this client.
 *
 * @returns undefined where there is none
 * @throws Error where that couldn't be found out
 */
export async function askServiceConfig(
  target: DnsTarget,
  lookup: NameLookup,
  chooser: Chooser,
): Promise<ResolvedServiceConfig | undefined> {
  const host = target.srv ? target.authority : target.host;
  try {
    return chooseServiceConfig(await lookup.texts(serviceConfigName(host)), chooser);
  } catch (error) {
    if (noSuchRecord.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
