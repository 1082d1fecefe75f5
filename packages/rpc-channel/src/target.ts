import { isIP } from "node:net";
import type { Address } from "./address.ts";
import { formatHostPort, type HostPort, parseHostPort, parseIpPort } from "./host-port.ts";

/** What a channel connects to, as read from its target (gRPC, "Name Resolution"). */
export type Target = DnsTarget | AddressTarget | OwnTarget;

interface AnyTarget {
  /** As the user wrote it. */
  readonly text: string;
  /** The `:authority` of the calls, and under TLS the name that the server has to prove. */
  readonly authority: string;
  /** Whether `https:` (true) or `http:` (false) asks for or forbids TLS; undefined for other schemes. */
  readonly tls: boolean | undefined;
  /** What goes before the path of a method: empty, or the path of an URL, without a slash at its end. */
  readonly pathPrefix: string;
}

/** A name to look up. */
export interface DnsTarget extends AnyTarget {
  readonly kind: "dns";
  readonly host: string;
  readonly port: number;
  /** Whether `host` is a service's name, `_grpc._tcp.example.org`, whose SRV records say host and port. */
  readonly srv: boolean;
  /** The name server to ask, as `10.0.0.2:53` or `[::1]:53`; undefined asks the system. */
  readonly nameServer: string | undefined;
}

/** Addresses that need no looking up. */
interface AddressTarget extends AnyTarget {
  readonly kind: "addresses";
  readonly addresses: readonly Address[];
}

/** A scheme of the user's own. */
export interface OwnTarget extends AnyTarget {
  readonly kind: "own";
  readonly scheme: string;
  /** Between `//` and the next `/`; empty without one. */
  readonly server: string;
  /** What is left of the target, without the slash before it. */
  readonly endpoint: string;
}

/** What one scheme's parser knows. */
type Part<T extends Target> = T extends Target
  ? Omit<T, keyof AnyTarget> & Partial<AnyTarget> & Pick<AnyTarget, "authority">
  : never;

const defaultPort = 443;
const nameServerPort = 53;
/** What fits into `sun_path` with its NUL (Linux, unix(7)). */
const longestPath = 107;

const uri = /^(?<scheme>[a-z][a-z0-9+.-]*):(?<rest>.*)$/is;
const hierarchy = /^\/\/(?<server>[^/]*)\/(?<path>.*)$/s;
const srvName = /^_[^.]+\._(?:tcp|udp)\.(?<domain>.+)$/i;

const parsers: ReadonlyMap<string, (rest: string, text: string) => Part<Target> | string> = new Map<
  string,
  (rest: string, text: string) => Part<Target> | string
>([
  ["dns", parseDns],
  ["ipv4", (rest) => parseAddressList(rest, 4)],
  ["ipv6", (rest) => parseAddressList(rest, 6)],
  ["unix", parseUnix],
  ["unix-abstract", (rest) => (rest === "" ? "there is no name" : socketAt(`\0${rest}`))],
  ["http", (_, text) => parseUrl(text)],
  ["https", (_, text) => parseUrl(text)],
  ["vsock", () => "Node can't open vsock sockets"],
  ["xds", () => "xDS needs a resolver of its own, given for this scheme"],
]);

/**
 * Reads a target:
 *
 * - `dns:host[:port]`, `dns:///host[:port]`, `dns://name-server/host[:port]`, or the bare
 *   `host[:port]`; without a port it is 443. A host `_grpc._tcp.example.org` stands for its SRV records
 * - `ipv4:10.0.0.1:50051,10.0.0.2:50051`, `ipv6:[::1]:50051,[::2]:50051`
 * - `unix:path`, `unix:///absolute/path`, `unix-abstract:name`
 * - `https://host[:port][/prefix]`, `http://…`, as Connect's transports take them
 * - `scheme:endpoint`, `scheme://server/endpoint` for each of `ownSchemes`, which go before ours
 *
 * @throws TypeError for anything else, saying what is wrong with it
 */
export function parseTarget(text: string, ownSchemes: Iterable<string> = []): Target {
  if (text.includes("\0")) throw invalid(text, "it has a NUL");
  const own = new Set(ownSchemes);
  const groups = uri.exec(text)?.groups;
  const scheme = groups?.["scheme"]?.toLowerCase() ?? "";
  const rest = groups?.["rest"] ?? "";
  const parse = own.has(scheme) ? () => parseOwn(scheme, rest) : parsers.get(scheme);
  if (parse === undefined && rest.startsWith("//")) {
    const known = [...own, ...parsers.keys()].join(", ");
    throw invalid(text, `there is no resolver for «${scheme}»; known are ${known}`);
  }
  // A scheme that nobody knows is the beginning of a name: localhost:50051.
  const part = parse === undefined ? parseDnsName(text, undefined) : parse(rest, text);
  if (typeof part === "string") throw invalid(text, part);
  return { text, tls: undefined, pathPrefix: "", ...part };
}

function invalid(text: string, wrong: string): TypeError {
  return new TypeError(`«${text}» is no target: ${wrong}`);
}

function parseDns(rest: string): Part<Target> | string {
  const groups = hierarchy.exec(rest)?.groups;
  if (groups === undefined) {
    return rest.startsWith("//")
      ? "a name server is followed by a slash and the name: dns://10.0.0.2/greeter"
      : parseDnsName(rest.replace(/^\//, ""), undefined);
  }
  const server = groups["server"] ?? "";
  if (server === "") return parseDnsName(groups["path"] ?? "", undefined);
  const parsed = parseIpPort(server);
  if (typeof parsed === "string") return `of the name server, ${parsed}`;
  const nameServer = formatHostPort({ host: parsed.host, port: parsed.port ?? nameServerPort });
  return parseDnsName(groups["path"] ?? "", nameServer);
}

function parseDnsName(text: string, nameServer: string | undefined): Part<Target> | string {
  const parsed = parseHostPort(text);
  if (typeof parsed === "string") return parsed;
  const domain = srvName.exec(parsed.host)?.groups?.["domain"];
  if (domain !== undefined && parsed.port !== undefined) {
    return "the ports of a service are in its SRV records: leave the port out";
  }
  return named(parsed, defaultPort, {
    authority: domain ?? formatHostPort(parsed),
    srv: domain !== undefined,
    nameServer,
  });
}

/** A host to look up, or an address that needs none. */
function named(
  { host, port }: HostPort,
  portWithout: number,
  rest: Pick<DnsTarget, "authority" | "srv" | "nameServer"> & Partial<AnyTarget>,
): Part<DnsTarget | AddressTarget> {
  const target = { host, port: port ?? portWithout };
  if (isIP(host) === 0) return { kind: "dns", ...target, ...rest };
  const { srv: _, nameServer: __, ...common } = rest;
  return { kind: "addresses", addresses: [{ kind: "tcp", ...target }], ...common };
}

function parseAddressList(rest: string, family: 4 | 6): Part<AddressTarget> | string {
  const texts = rest.replace(/^\/\/\//, "").split(",");
  const addresses: Address[] = [];
  for (const text of texts) {
    const parsed = parseIpPort(text);
    if (typeof parsed === "string") return parsed;
    if (isIP(parsed.host) !== family) return `«${parsed.host}» is no IPv${family} address`;
    addresses.push({ kind: "tcp", host: parsed.host, port: parsed.port ?? defaultPort });
  }
  return { kind: "addresses", addresses, authority: texts[0] ?? "" };
}

function parseUnix(rest: string): Part<AddressTarget> | string {
  if (!rest.startsWith("//")) return rest === "" ? "there is no path" : socketAt(rest);
  if (!rest.startsWith("///")) {
    return "a socket is written unix:relative/path or unix:///absolute/path";
  }
  try {
    return socketAt(decodeURIComponent(rest.slice(2)));
  } catch {
    return "after unix:// a % begins two hexadecimal digits";
  }
}

function socketAt(path: string): Part<AddressTarget> | string {
  if (Buffer.byteLength(path) > longestPath) {
    return `the path of a socket has at most ${longestPath} octets`;
  }
  // gRPC's other clients call every server behind a socket so.
  return { kind: "addresses", addresses: [{ kind: "unix", path }], authority: "localhost" };
}

function parseUrl(text: string): Part<Target> | string {
  const url = URL.parse(text);
  if (url === null) return "it is no URL";
  if (url.username !== "" || url.password !== "") return "credentials have no place in it";
  if (url.search !== "" || url.hash !== "") return "it ends with its path";
  const tls = url.protocol === "https:";
  const parsed = parseHostPort(url.host);
  if (typeof parsed === "string") return parsed;
  return named(parsed, tls ? 443 : 80, {
    authority: url.host,
    nameServer: undefined,
    srv: false,
    tls,
    pathPrefix: url.pathname.replace(/\/+$/, ""),
  });
}

function parseOwn(scheme: string, rest: string): Part<OwnTarget> | string {
  const groups = hierarchy.exec(rest)?.groups;
  const server = groups?.["server"] ?? "";
  const endpoint = groups?.["path"] ?? rest.replace(/^\//, "");
  if (endpoint === "") return "there is nothing behind its scheme";
  // RFC 3986 §3.2: an authority has no other characters.
  const authority = encodeURI(endpoint).replaceAll(/[/?#]/g, encodeURIComponent);
  return { kind: "own", scheme, server, endpoint, authority };
}
