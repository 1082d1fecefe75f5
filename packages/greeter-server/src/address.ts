/** Where a server listens. */
export interface Address {
  /** An IPv4 or IPv6 address, without brackets, or a host name. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const pattern = /^(?:\[(?<v6>[0-9a-f:.]+(?:%\w+)?)\]|(?<host>[^\s:[\]/]*)):(?<port>\d{1,5})$/i;

/**
 * Reads `host:port`, `[::1]:port` or `:port`, which is `[::]:port`.
 *
 * @returns undefined, where `text` is none of these
 */
export function parseAddress(text: string): Address | undefined {
  const groups = pattern.exec(text)?.groups;
  const port = Number(groups?.["port"]);
  if (groups === undefined || port > 65_535) return undefined;
  return { host: groups["v6"] ?? (groups["host"] || "::"), port };
}

/** Writes what `parseAddress` reads. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
