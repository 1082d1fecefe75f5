import assert from "node:assert/strict";
import { Code } from "@connectrpc/connect";
import type { Payload } from "../../messages.ts";
import type { Case } from "../case.ts";
import { failureOf } from "../case.ts";
import type { TestClient } from "../test-client.ts";
import { unimplementedClient, zeroes } from "../test-client.ts";

const LARGE_REQUEST = 271_828;
const LARGE_RESPONSE = 314_159;
const CALLS_OF_ONE_SERVER = 100;

/** The request of all cases whose message is large. */
export const largeRequest: Readonly<{ responseSize: number; payload: Payload }> = {
  responseSize: LARGE_RESPONSE,
  payload: zeroes(LARGE_REQUEST),
};

/** A large unary call, with all that the cases vary. */
export async function callLarge(
  client: TestClient,
  ...[request, options]: Parameters<TestClient["unaryCall"]>
): Promise<void> {
  const { payload } = await client.unaryCall({ ...largeRequest, ...request }, options);
  assert.equal(payload?.body.length, LARGE_RESPONSE);
  assert.ok(payload.body.every((octet) => octet === 0));
}

export const unaryCases: Readonly<Record<string, Case>> = {
  async empty_unary(client) {
    await client.emptyCall({});
  },

  large_unary: (client) => callLarge(client, {}),

  async very_large_request(client) {
    const request = { responseSize: 1_024, payload: zeroes(20_000_000) };
    const { payload } = await client.unaryCall(request);
    assert.equal(payload?.body.length, 1_024);
  },

  async pick_first_unary(client) {
    const servers = new Set<string>();
    for (let i = 0; i < CALLS_OF_ONE_SERVER; i++) {
      const { serverId } = await client.unaryCall({ fillServerId: true });
      servers.add(serverId);
    }
    assert.ok(!servers.has(""), "a server without a name");
    assert.equal(servers.size, 1);
  },

  async unimplemented_method(client) {
    await failureOf(client.unimplementedCall({}), Code.Unimplemented);
  },

  async unimplemented_service(_, { open, registry }) {
    await using channel = open();
    const client = unimplementedClient(registry, channel);
    await failureOf(client.unimplementedCall({}), Code.Unimplemented);
  },
};
