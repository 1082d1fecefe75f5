import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { subjectNames } from "./subject-names.ts";
import type { SubjectNames } from "./subject-names.ts";

/** What TLS says of a connection's peer. */
export interface TlsIdentity {
  /** The version, such as `TLSv1.3`. */
  readonly protocol: string;
  /** The name that the client asked for (SNI, RFC 6066 §3); undefined where it asked for none. */
  readonly serverName: string | undefined;
  /** The client's certificate; it is verified. Undefined where the client has shown none. */
  readonly certificate: X509Certificate | undefined;
  /** The names in that certificate; all empty without one. */
  readonly names: SubjectNames;
}

/** What a socket knows, whose handshake is complete. A certificate that isn't verified counts for nothing. */
export function readTlsIdentity(socket: TLSSocket): TlsIdentity {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  // Of a server's socket: the type leaves it out.
  const { servername } = socket as TLSSocket & { readonly servername?: string | false | null };
  return {
    protocol: socket.getProtocol() ?? "",
    serverName: typeof servername === "string" ? servername : undefined,
    certificate,
    names: certificate === undefined ? noNames : subjectNames(certificate),
  };
}

/** Has the client shown a certificate that can't be verified? */
export function isForged(socket: TLSSocket): boolean {
  return !socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

const noNames: SubjectNames = {
  commonName: undefined,
  dnsNames: [],
  uris: [],
  emails: [],
  addresses: [],
};
