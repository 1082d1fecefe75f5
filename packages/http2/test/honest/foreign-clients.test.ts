import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openssl, requirement, selfSigned, start } from "@privet/testkit";
import type { Stats } from "../../src/index.ts";
import { listen } from "../../src/node/index.ts";
import type { ServerTls } from "../../src/node/index.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { curl, h2load, nghttp } from "../node/peers/programs.ts";
import { replyWith } from "./testkit/calls.ts";

// Programs that others have written, at their defaults and at full speed.

/** Runs `command` against a server of ours, and answers the counters of each connection that it made. */
async function countersOf(
  command: string,
  args: string[],
  { path = "/", tls }: { readonly path?: string; readonly tls?: ServerTls } = {},
): Promise<Stats[]> {
  const ended: Stats[] = [];
  const reply = replyWith(new Uint8Array(1000))();
  await using listener = await listen({
    port: 0,
    host: "127.0.0.1",
    ...(tls && { tls }),
    handler: (link) => ({ ...reply, closed: () => ended.push(link.connection.stats()) }),
  });
  const { port } = listener.address as AddressInfo;
  const origin = `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  await using program = start(command, [...args, origin + path], { timeoutMs: 300_000 });
  const { code, stdout, stderr } = await program.result;
  assert.equal(code, 0, stdout + stderr);
  await Promise.all(Array.from(listener.connections, (link) => link.ended));
  return ended;
}

function assertNothingTripped(counters: readonly Stats[], connections: number): void {
  assert.equal(counters.length, connections);
  for (const stats of counters) {
    assert.deepEqual(new Set(Object.values(stats.trips)), new Set([0]));
    assert.equal(stats.streamsRefused, 0);
    assert.equal(stats.streamErrors, 0);
  }
}

test("h2load with many streams at once", { skip: requirement(h2load) }, async () => {
  const requests = extent(20_000, 2_000_000);
  const args = ["-n", String(requests), "-c", "4", "-m", "100"];
  const counters = await countersOf("h2load", args);
  assertNothingTripped(counters, 4);
  const finished = counters.reduce((sum, stats) => sum + stats.streamsFinished, 0);
  assert.equal(finished, requests);
});

test("h2load that posts", { skip: requirement(h2load) }, async () => {
  const requests = String(extent(5000, 200_000));
  const args = ["-n", requests, "-c", "2", "-m", "32", "-d", import.meta.filename];
  assertNothingTripped(await countersOf("h2load", args), 2);
});

const trees = "nghttp with its tree of priorities, many times over";
test(trees, { skip: requirement(nghttp) }, async () => {
  const args = ["-n", "-m", String(extent(200, 2000))];
  assertNothingTripped(await countersOf("nghttp", args), 1);
});

// Over TLS: with prior knowledge, curl 7.88 fails at its second transfer, whatever the server.
const skipCurl = requirement(curl) || requirement(openssl);
test("curl with parallel transfers", { skip: skipCurl }, async () => {
  const args = "-sSk --parallel --parallel-max 50 -o /dev/null".split(" ");
  const path = `/[1-${extent(500, 5000)}]`;
  const counters = await countersOf("curl", args, { path, tls: selfSigned() });
  assertNothingTripped(counters, counters.length);
  const finished = counters.reduce((sum, stats) => sum + stats.streamsFinished, 0);
  assert.equal(finished, extent(500, 5000));
});
