import { CLIENT_PREFACE } from "../constants.ts";

/** What a client's first octets say. */
export type Opening = "http2" | "http1" | "unknown" | "undecided";

// An import would read all exports of node:http, getters too, and one of them
// loads a whole HTTP client: 3 MB of heap that each garbage collection goes through.
const { METHODS } = process.getBuiltinModule("node:http");

/** Each method that Node's HTTP/1.1 parser knows, with the space that ends it in a request line. */
const starts: readonly string[] = METHODS.map((method) => `${method} `);

/** No opening is undecided after so many octets. */
export const OPENING_SIZE: number = Math.max(
  CLIENT_PREFACE.length,
  ...starts.map((start) => start.length),
);

/**
 * Tells HTTP/2 with prior knowledge (RFC 9113 §3.4) from HTTP/1.1. No method
 * of HTTP/1.1 is "PRI": that is why the preface begins with it.
 *
 * @param bytes all that has come so far
 */
export function openingOf(bytes: Uint8Array): Opening {
  const text = String.fromCharCode(...bytes.subarray(0, OPENING_SIZE));
  if (text.startsWith(CLIENT_PREFACE)) return "http2";
  if (starts.some((start) => text.startsWith(start))) return "http1";
  const couldBecome = (whole: string): boolean => whole.startsWith(text);
  return couldBecome(CLIENT_PREFACE) || starts.some(couldBecome) ? "undecided" : "unknown";
}
