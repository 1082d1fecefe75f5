import { headers } from "../../testkit/frames.ts";

/** The HEADERS of a request, and its end unless a body follows. */
export function rawRequest(streamId: number, path: string, endStream = true): Uint8Array {
  const fields = [":method", "POST", ":scheme", "http", ":authority", "test", ":path", path];
  return headers(streamId, fields, { endStream });
}
