import { UsageError } from "./usage-error.ts";
import type { HeaderProblem } from "./usage-error.ts";

/** Names that the protocol writes itself, or that HTTP/2 forbids (RFC 9113 section 8.2.2). */
const reserved =
  /^(?:grpc-.*|connect-.*|content-(?:type|length|encoding)|te|host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|http2-settings)$/;

/**
 * Reads `name=value` pairs as gRPC metadata: names of lower-case letters,
 * digits, `-`, `_` and `.`; values of printable ASCII, or base64 where the name
 * ends with `-bin`.
 *
 * @throws UsageError at the first that is none of these
 */
export function parseHeaders(texts: readonly string[]): Headers {
  const headers = new Headers();
  for (const text of texts) {
    const [name, value] = parseHeader(text);
    headers.append(name, value);
  }
  return headers;
}

function parseHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw faulty(text, "no-equals-sign");
  }
  const lowerCaseName = name.toLowerCase();
  if (!/^[\da-z_.-]+$/.test(lowerCaseName)) {
    throw faulty(text, "bad-name");
  }
  if (reserved.test(lowerCaseName)) {
    throw faulty(text, "reserved");
  }
  return [lowerCaseName, lowerCaseName.endsWith("-bin") ? base64(text, value) : ascii(text, value)];
}

function ascii(text: string, value: string): string {
  if (!/^[ -~]*$/.test(value)) {
    throw faulty(text, "bad-value");
  }
  return value;
}

/** Without padding, as gRPC over HTTP/2 recommends to send it. */
function base64(text: string, value: string): string {
  const unpadded = value.replace(/={1,2}$/, "");
  if (Buffer.from(value, "base64").toString("base64").replace(/=+$/, "") !== unpadded) {
    throw faulty(text, "not-base64");
  }
  return unpadded;
}

function faulty(value: string, problem: HeaderProblem): UsageError {
  return new UsageError({ kind: "bad-header", value, problem });
}
