import assert from "node:assert/strict";
import type { FileRegistry } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Channel, ChannelOptions } from "@privet/rpc-channel";
import type { TestClient } from "./test-client.ts";

/** Where a case runs. */
export interface Scene {
  readonly registry: FileRegistry;
  /** A channel to the server, with its own connection. */
  readonly open: (options?: ChannelOptions) => Channel;
}

/** One of gRPC's "interop test case descriptions"; it throws what is not as it should be. */
export type Case = (client: TestClient, scene: Scene) => Promise<void>;

/** The error that a call has to fail with. */
export async function failureOf(call: Promise<unknown>, code: Code): Promise<ConnectError> {
  const error = await call.then(
    () => assert.fail("the call has succeeded"),
    (reason: unknown) => ConnectError.from(reason),
  );
  assert.equal(Code[error.code], Code[code], error.message);
  return error;
}
