import { toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import { requestUrl } from "../context/request-url.ts";
import type { Peer } from "../peer.ts";

/** A request as it came, before anything is known of its call. */
export interface RequestView {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Absolute. */
  readonly url: string;
  /** Without the pseudo-headers. */
  readonly header: Headers;
  /** The connection's other end: its address, its TLS identity, the version of HTTP. */
  readonly peer: Peer;
}

/** The view of a request of HTTP/2; headers and URL are made when they are read. */
export class ReceivedRequest implements RequestView {
  readonly method: string;
  readonly path: string;
  readonly peer: Peer;
  readonly #headers: ReceivedHeaders;
  #header: Headers | undefined = undefined;
  #url: string | undefined = undefined;

  constructor(headers: ReceivedHeaders, peer: Peer) {
    this.method = headers.method;
    this.path = headers.path;
    this.peer = peer;
    this.#headers = headers;
  }

  get header(): Headers {
    return (this.#header ??= toHeaders(this.#headers.snapshot()));
  }

  get url(): string {
    return (this.#url ??= requestUrl(this.#headers, this.peer));
  }
}
