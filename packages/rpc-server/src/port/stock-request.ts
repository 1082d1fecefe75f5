import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { RequestView } from "../fallback/request-view.ts";
import { peerOf } from "../peer.ts";
import type { Peer } from "../peer.ts";

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

/** The value of the header called `name`, in lower case; several are joined with ", ". */
export function field(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** @throws TypeError where the request's authority and path make no URL */
export function viewOf(request: Request): RequestView {
  const { method = "", url: path = "" } = request;
  const peer = peerOfRequest(request);
  const authority = "authority" in request ? request.authority : request.headers.host;
  const scheme = peer.tls === undefined ? "http" : "https";
  const header = new Headers();
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith(":")) header.set(name, field(request, name) ?? "");
  }
  return { method, path, url: new URL(path, `${scheme}://${authority}`).href, header, peer };
}

/** Answers without Connect. */
export function respond(
  response: Response,
  status: number,
  headers: Record<string, string> = {},
  body = "",
): void {
  (response as ServerResponse).writeHead(status, headers).end(body);
}

/** By the connection, which is the same for many requests. */
const peers = new WeakMap<object, Peer>();

/** The connection's other end. */
export function peerOfRequest({ socket, httpVersion }: Request): Peer {
  let peer = peers.get(socket);
  if (peer === undefined) {
    peer = peerOf(socket, httpVersion);
    peers.set(socket, peer);
  }
  return peer;
}
