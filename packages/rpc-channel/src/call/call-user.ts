import type { ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import type { ReceivedHeaders } from "@privet/http2";

/** Who made the call. */
export interface CallUser {
  /** More of the request can be sent. Not called for a request that was given whole. */
  writable(): void;
  /** The response has begun. Not called for a Trailers-Only one. */
  head(headers: ReceivedHeaders, compression: Compression | null): void;
  /** @param bytes borrowed for the call, unless `owned`. What it throws ends the call. */
  message(bytes: Uint8Array, flags: number, owned: boolean): void;
  /** So many octets have come, whose credit is to be given back by `consume()`. Not where it is `eager`. */
  received(octets: number): void;
  /** A message has begun that isn't complete. Not where it is `eager`. */
  incomplete(): void;
  /** The call is over. Called exactly once; nothing is called after it. */
  ended(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void;
}
