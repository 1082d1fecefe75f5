import type { ConnectError } from "@connectrpc/connect";

/** Takes the body of a request as it arrives. What it throws fails the call. */
export interface RequestBody {
  /** `bytes[start, end)` is borrowed; its flow-control credit is given back by whoever uses it. */
  data(bytes: Uint8Array, start: number, end: number): void;
  /** The body is complete. */
  end(): void;
  /** The call is over, with `status`; undefined is OK. Who waits for more learns of it. */
  abort(status: ConnectError | undefined): void;
}
