import { isIP, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

export interface HostPort {
  /** A name in ASCII, or an IP address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

const bracketed = /^\[(?<host>[^\]]*)\](?::(?<port>.*))?$/s;
const plain = /^(?<host>[^:]*)(?::(?<port>[^:]*))?$/s;
const name = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.-])?$/i;
/** RFC 1035 §2.3.4, without the length octets. */
const longestName = 253;

/**
 * Reads `name`, `name:port`, `10.0.0.1:port`, `[::1]:port` or `::1`.
 *
 * @returns what is wrong with `text`, as the end of a sentence, where it is none of these
 */
export function parseHostPort(text: string): HostPort | string {
  if (isIPv6(text)) return { host: text, port: undefined };
  const groups = (bracketed.exec(text) ?? plain.exec(text))?.groups;
  if (groups === undefined) return "an IPv6 address with a port is written [::1]:50051";
  const host = parseHost(groups["host"] ?? "", text.startsWith("["));
  if (typeof host === "object") return host.wrong;
  const port = groups["port"];
  if (port === undefined) return { host, port: undefined };
  return isPort(port) ? { host, port: Number(port) } : `«${port}» is no port from 1 to 65535`;
}

function parseHost(text: string, brackets: boolean): string | { wrong: string } {
  if (brackets) {
    return isIPv6(text) ? text : { wrong: `«${text}» in brackets is no IPv6 address` };
  }
  if (text === "") return { wrong: "there is no host" };
  // RFC 5891: names beyond ASCII travel as their A-labels. What is ASCII already stays as it is,
  // since the function takes 1.2 for the address 1.0.0.2.
  const ascii = /^[\x20-\x7e]*$/.test(text) ? text : domainToASCII(text);
  return name.test(ascii) && ascii.length <= longestName
    ? ascii
    : { wrong: `«${text}» is no host name` };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** As `parseHostPort()`, where only an IP address will do. */
export function parseIpPort(text: string): HostPort | string {
  const parsed = parseHostPort(text);
  if (typeof parsed === "string" || isIP(parsed.host) !== 0) return parsed;
  return `«${parsed.host}» is no IP address`;
}

/** With brackets around an IPv6 address, and the port where there is one. */
export function formatHostPort({ host, port }: HostPort): string {
  const bare = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? bare : `${bare}:${port}`;
}
