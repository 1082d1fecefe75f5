import type { ReceivedHeaders } from "@privet/http2";
import type { Peer } from "../peer.ts";

/** The absolute URL of a request, as Connect's handlers have it; the scheme says whether there is TLS. */
export function requestUrl(headers: ReceivedHeaders, peer: Peer): string {
  const scheme = peer.tls === undefined ? "http" : "https";
  const base = `${scheme}://${headers.authority}`;
  try {
    return new URL(headers.path, base).toString();
  } catch {
    // An authority that is missing or none: HTTP/2 lets it pass.
    return base + headers.path;
  }
}
