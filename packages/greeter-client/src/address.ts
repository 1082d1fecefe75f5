/** Where a server listens. */
export interface Address {
  /** Without a path: "http://localhost:50051". */
  readonly url: string;
  /** As a person writes it: "localhost:50051", "[::1]:50051". */
  readonly authority: string;
}

/** Why a text is not an address. */
export type AddressProblem = "malformed" | "no-port" | "bad-port" | "tls" | "more-than-host";

/** Reads `host:port`, `[::1]:50051` or `http://host:port`; an http URL's port is 80 by default. */
export function parseAddress(text: string): Address | AddressProblem {
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "https") {
    return "tls";
  }
  if (scheme !== undefined && scheme !== "http") {
    return "malformed";
  }
  const rest = scheme === undefined ? text : text.slice("http://".length);
  const [, host, port] =
    /^(\[[\d.:a-f]+\]|[^:/?#@[\]\s\\]+)(?::([^:/?#@[\]\\]*))?/i.exec(rest) ?? [];
  if (host === undefined) {
    return "malformed";
  }
  const after = rest.slice(host.length + (port === undefined ? 0 : port.length + 1));
  if (after !== "" && !(scheme === "http" && after === "/")) {
    return after.startsWith("/") ? "more-than-host" : "malformed";
  }
  if (port === undefined && scheme === undefined) {
    return "no-port";
  }
  if (port !== undefined && !isPort(port)) {
    return "bad-port";
  }
  return addressOf(host, port ?? "80");
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function addressOf(host: string, port: string): Address | AddressProblem {
  if (!URL.canParse(`http://${host}:${port}`)) {
    return "malformed";
  }
  const { hostname } = new URL(`http://${host}:${port}`);
  const authority = `${hostname}:${Number(port)}`;
  return { authority, url: `http://${authority}` };
}
