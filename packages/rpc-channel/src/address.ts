import { formatHostPort } from "./host-port.ts";

/** Where a connection can be opened. */
export type Address = TcpAddress | UnixAddress;

export interface TcpAddress {
  readonly kind: "tcp";
  /** An IPv4 or IPv6 address, without brackets: names are for resolvers. */
  readonly host: string;
  readonly port: number;
}

export interface UnixAddress {
  readonly kind: "unix";
  /** A path in the file system, or a NUL and a name in Linux's abstract namespace. */
  readonly path: string;
}

/** As users write it: `10.0.0.1:50051`, `[::1]:50051`, `unix:/run/greeter`, `unix-abstract:greeter`. */
export function formatAddress(address: Address): string {
  if (address.kind === "tcp") return formatHostPort(address);
  return address.path.startsWith("\0")
    ? `unix-abstract:${address.path.slice(1)}`
    : `unix:${address.path}`;
}
