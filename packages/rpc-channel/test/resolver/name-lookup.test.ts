import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { resolverFor } from "../../src/resolver/for-target.ts";
import { serverLookup, systemLookup } from "../../src/resolver/name-lookup.ts";
import { parseTarget } from "../../src/target.ts";
import { startNameServer } from "../support/name-server.ts";
import { Watching } from "../support/watching.ts";

const zone = {
  greeter: [
    { type: "A", address: "10.0.0.1", ttl: 300 },
    { type: "A", address: "10.0.0.2", ttl: 20 },
    { type: "AAAA", address: "fd00:0000:0000:0000:0000:0000:0000:0001", ttl: 60 },
  ],
  "only-v4": [{ type: "A", address: "10.0.0.4", ttl: 60 }],
  "_grpc._tcp.greeter": [{ type: "SRV", priority: 1, weight: 2, port: 50_051, target: "only-v4" }],
  "_grpc_config.greeter": [{ type: "TXT", pieces: ["grpc_config=", "[]"] }],
} as const;

/** Resolves when the resolver has said something. */
async function said(watching: Watching): Promise<void> {
  while (watching.resolutions.length + watching.errors.length === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("the name server of a target is asked, for both families", async () => {
  await using server = await startNameServer(zone);
  const target = parseTarget(`dns://${server.address}/greeter:50051`);
  const watching = new Watching(resolverFor(target));
  await said(watching);
  assert.deepEqual(watching.addresses, ["[fd00::1]:50051", "10.0.0.1:50051", "10.0.0.2:50051"]);
  assert.deepEqual(server.questions.sort(), ["A greeter", "AAAA greeter"]);
  watching.watch.close();
});

test("an answer is as fresh as the shortest of its TTLs", async () => {
  await using server = await startNameServer(zone);
  const lookup = serverLookup({ nameServer: server.address });
  assert.equal((await lookup.addresses("greeter")).ttlMs, 20_000);
});

test("one family is enough, and none says why", async () => {
  await using server = await startNameServer(zone);
  const lookup = serverLookup({ nameServer: server.address });
  assert.deepEqual((await lookup.addresses("only-v4")).addresses, ["10.0.0.4"]);
  await assert.rejects(lookup.addresses("nobody"), { code: "ENOTFOUND" });
  await assert.rejects(lookup.addresses("_grpc_config.greeter"), { code: "ENODATA" });
});

test("SRV and TXT records are read from the wire", async () => {
  await using server = await startNameServer(zone);
  const lookup = serverLookup({ nameServer: server.address });
  const [record] = await lookup.services("_grpc._tcp.greeter");
  assert.ok(record !== undefined);
  const { name, port, priority, weight } = record;
  assert.deepEqual(
    { name, port, priority, weight },
    { name: "only-v4", port: 50_051, priority: 1, weight: 2 },
  );
  assert.deepEqual(await lookup.texts("_grpc_config.greeter"), [["grpc_config=", "[]"]]);
  const watching = new Watching(
    resolverFor(parseTarget(`dns://${server.address}/_grpc._tcp.greeter`)),
  );
  await said(watching);
  assert.deepEqual(watching.addresses, ["10.0.0.4:50051"]);
  watching.watch.close();
});

test("a name server that is silent is given up, after the time that was set", async () => {
  const silent = createSocket("udp4").bind(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address();
  const watching = new Watching(
    resolverFor(parseTarget(`dns://127.0.0.1:${port}/greeter`), { dns: { queryTimeoutMs: 30 } }),
  );
  await said(watching);
  assert.match(watching.errors[0]?.rawMessage ?? "", /greeter at 127\.0\.0\.1:\d+: ETIMEOUT/);
  watching.watch.close();
  silent.close();
});

test("the system knows localhost, though no name server may", async () => {
  const { addresses, ttlMs } = await systemLookup().addresses("localhost");
  assert.ok(addresses.some((address) => address === "127.0.0.1" || address === "::1"));
  assert.equal(ttlMs, undefined);
  const watching = new Watching(resolverFor(parseTarget("localhost:50051")));
  await said(watching);
  assert.ok(watching.addresses?.some((address) => /^(127\.0\.0\.1|\[::1\]):50051$/.test(address)));
  watching.watch.close();
});
