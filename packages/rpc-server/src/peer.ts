import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "@connectrpc/connect";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { readTlsIdentity } from "./tls/identity.ts";
import type { TlsIdentity } from "./tls/identity.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  /** `127.0.0.1:4711`, `[::1]:4711`, `unix`, or `memory`; empty where it isn't known. */
  readonly address: string;
  /** Undefined without TLS. */
  readonly tls?: TlsIdentity | undefined;
  /** As Node writes it: `2.0` or `1.1`. */
  readonly httpVersion: string;
}

/**
 * The peer of a call, for gates, interceptors and implementations:
 * `context.values.get(peerKey)`.
 */
export const peerKey: ContextKey<Peer> = createContextKey<Peer>(
  { address: "", httpVersion: "" },
  { description: "peer of the connection" },
);

/** The peer of an open socket. */
export function peerOf(socket: Duplex, httpVersion: string): Peer {
  return {
    address: addressOf(socket),
    tls: socket instanceof TLSSocket ? readTlsIdentity(socket) : undefined,
    httpVersion,
  };
}

function addressOf(socket: Duplex): string {
  if (!(socket instanceof Socket)) return "memory";
  const { remoteAddress, remotePort, remoteFamily } = socket;
  if (remoteAddress !== undefined) {
    const host = remoteFamily === "IPv6" ? `[${remoteAddress}]` : remoteAddress;
    return `${host}:${remotePort}`;
  }
  // A socket that is lost already has no address either.
  return socket.destroyed ? "" : "unix";
}
