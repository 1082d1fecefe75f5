import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import type { TestClient } from "../test-client.ts";
import { testClient } from "../test-client.ts";
import { SOAK } from "../../cases.ts";
import { callLarge } from "./unary.ts";

async function iterate(call: (i: number) => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (let i = 0; i < SOAK.iterations; i++) {
    const before = performance.now();
    await call(i);
    const latency = performance.now() - before;
    assert.ok(latency <= SOAK.maxLatencyMs, `call ${i} took ${latency.toFixed(0)} ms`);
  }
  const total = performance.now() - startedAt;
  assert.ok(total <= SOAK.timeoutMs, `all calls took ${total.toFixed(0)} ms`);
}

export const soakCases: Readonly<Record<string, Case>> = {
  rpc_soak: (client: TestClient) => iterate(() => callLarge(client, {})),

  channel_soak: (_, { open, registry }) =>
    iterate(async () => {
      await using channel = open();
      await callLarge(testClient(registry, channel), {});
    }),
};
