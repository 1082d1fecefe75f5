import { FieldKind } from "../hpack/field.ts";
import type { ReceivedHeaders } from "./headers.ts";

// Each answers an ASCII token that says what makes the message malformed (RFC
// 9113 §8.1.1), or undefined. A list that is too large is incomplete: nothing
// is said to be missing from it.

const requestOnly =
  (1 << FieldKind.METHOD) |
  (1 << FieldKind.SCHEME) |
  (1 << FieldKind.AUTHORITY) |
  (1 << FieldKind.PATH);
const responseOnly = 1 << FieldKind.STATUS;

/** The headers of a request, RFC 9113 §8.3.1 and §8.5. */
export function checkRequest(headers: ReceivedHeaders): string | undefined {
  if (headers.fault !== undefined) return headers.fault;
  if ((headers.pseudoHeaders & responseOnly) !== 0) return "status_in_request";
  if (headers.tooLarge) return undefined;
  if (headers.method === "CONNECT") return checkConnect(headers);
  if (!headers.hasPseudo(FieldKind.METHOD)) return "method_missing";
  if (!headers.hasPseudo(FieldKind.SCHEME)) return "scheme_missing";
  if (!headers.hasPseudo(FieldKind.PATH)) return "path_missing";
  return isPath(headers.path, headers.method) ? undefined : "path_invalid";
}

/** The headers of a response, informational or final, RFC 9113 §8.3.2. */
export function checkResponse(headers: ReceivedHeaders): string | undefined {
  if (headers.fault !== undefined) return headers.fault;
  if ((headers.pseudoHeaders & requestOnly) !== 0) return "request_pseudo_header_in_response";
  // RFC 9113 §8.6: there is nothing to switch to.
  if (headers.status === 101) return "status_101";
  if (headers.tooLarge) return undefined;
  return headers.hasPseudo(FieldKind.STATUS) ? undefined : "status_missing";
}

/** Trailers of either direction, RFC 9113 §8.1. */
export function checkTrailers(headers: ReceivedHeaders): string | undefined {
  if (headers.fault !== undefined) return headers.fault;
  return headers.pseudoHeaders === 0 ? undefined : "pseudo_header_in_trailers";
}

function checkConnect(headers: ReceivedHeaders): string | undefined {
  if (headers.hasPseudo(FieldKind.SCHEME) || headers.hasPseudo(FieldKind.PATH)) {
    return "scheme_or_path_with_connect";
  }
  return headers.authority === "" ? "authority_missing" : undefined;
}

const SLASH = 0x2f;

/** Begins with a slash, or is the asterisk of OPTIONS (RFC 9113 §8.3.1). */
export function isPath(path: string, method: string): boolean {
  return path.charCodeAt(0) === SLASH || (path === "*" && method === "OPTIONS");
}
