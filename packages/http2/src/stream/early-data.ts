import type { ReceivedHeaders } from "../semantics/headers.ts";

/** What was received of a request that waits for a slot. Flow control bounds it: none of it is consumed. */
export class EarlyData {
  readonly headers: ReceivedHeaders;
  readonly chunks: Uint8Array[] = [];
  trailers: ReceivedHeaders | undefined = undefined;
  ended: boolean;

  constructor(headers: ReceivedHeaders, ended: boolean) {
    this.headers = headers;
    this.ended = ended;
  }

  /** Copies `bytes[start, end)`, which is lent. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.chunks.push(bytes.slice(start, end));
  }
}
