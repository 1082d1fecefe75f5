import type { FoundAddresses, NameLookup, ServiceRecord } from "../../src/resolver/name-lookup.ts";

/** Names that a test makes up; what isn't there is ENOTFOUND. */
export class FakeLookup implements NameLookup {
  readonly hosts: Record<string, FoundAddresses | Error> = {};
  readonly srv: Record<string, ServiceRecord[] | Error> = {};
  readonly txt: Record<string, string[][] | Error> = {};
  readonly asked: string[] = [];
  cancelled = 0;

  async addresses(host: string): Promise<FoundAddresses> {
    this.asked.push(host);
    return found(this.hosts[host]);
  }

  async services(name: string): Promise<ServiceRecord[]> {
    this.asked.push(`SRV ${name}`);
    return found(this.srv[name]);
  }

  async texts(name: string): Promise<string[][]> {
    this.asked.push(`TXT ${name}`);
    return found(this.txt[name]);
  }

  cancel(): void {
    this.cancelled++;
  }
}

/** As Node's errors of DNS are. */
export function dnsError(code: string): Error {
  return Object.assign(new Error(`query ${code}`), { code });
}

function found<T>(entry: T | Error | undefined): T {
  if (entry === undefined) throw dnsError("ENOTFOUND");
  if (entry instanceof Error) throw entry;
  return entry;
}
