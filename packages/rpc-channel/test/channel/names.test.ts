import assert from "node:assert/strict";
import test from "node:test";
import { createContextValues } from "@connectrpc/connect";
import { requirement } from "@privet/testkit";
import { insecureChannel, roundRobin, waitForReady } from "../../src/index.ts";
import { startNameServer, type ZoneRecord } from "../support/name-server.ts";
import { dnsmasq, startDnsmasq } from "./support/dnsmasq.ts";
import { greeterClient, type RunningServer, startGreeter } from "./support/greeter.ts";

// What DNS says changes while a channel is in use.

const name = "greeter.test";
const hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.3"] as const;
/** The floor between two questions is 30 s, unless it's told otherwise. */
const dns = { minIntervalMs: 10 };
const patient = createContextValues().set(waitForReady, true);

function named(host: string): { sayHello: () => { greeting: string } } {
  return { sayHello: () => ({ greeting: host }) };
}

/** On one port of all three hosts. */
async function startAll(): Promise<readonly [RunningServer, RunningServer, RunningServer]> {
  const first = await startGreeter(named(hosts[0]), { host: hosts[0] });
  const { port } = first;
  return [
    first,
    await startGreeter(named(hosts[1]), { host: hosts[1], port }),
    await startGreeter(named(hosts[2]), { host: hosts[2], port }),
  ];
}

function records(...addresses: string[]): ZoneRecord[] {
  return addresses.map((address) => ({ type: "A", address, ttl: 0 }));
}

/** Calls until each of the hosts has answered; resolves with how many others have. */
async function answeredBy(
  call: () => Promise<string>,
  wanted: readonly string[],
): Promise<Set<string>> {
  const seen = new Set<string>();
  while (!wanted.every((host) => seen.has(host))) seen.add(await call());
  return seen;
}

test("a server that is replaced, in DNS too: calls go to the new one", async () => {
  const [a, b, c] = await startAll();
  await using _b = b;
  await using _c = c;
  const zone: Record<string, ZoneRecord[]> = { [name]: records(hosts[0]) };
  await using names = await startNameServer(zone);
  await using channel = insecureChannel(`dns://${names.address}/${name}:${a.port}`, { dns });
  const client = greeterClient(channel);
  const call = async (): Promise<string> =>
    (await client.sayHello({}, { contextValues: patient, timeoutMs: 30_000 })).greeting;
  assert.equal(await call(), hosts[0]);
  zone[name] = records(hosts[1]);
  await a[Symbol.asyncDispose]();
  assert.equal(await call(), hosts[1]);
});

test("round_robin finds new replicas by asking again, though no server has gone", async () => {
  const [a, b, c] = await startAll();
  await using _a = a;
  await using _b = b;
  await using _c = c;
  const zone: Record<string, ZoneRecord[]> = { [name]: records(hosts[0]) };
  await using names = await startNameServer(zone);
  await using channel = insecureChannel(`dns://${names.address}/${name}:${a.port}`, {
    balancer: roundRobin(),
    dns: { ...dns, refreshMs: "ttl" },
  });
  const client = greeterClient(channel);
  const call = async (): Promise<string> => (await client.sayHello({})).greeting;
  assert.equal(await call(), hosts[0]);
  zone[name] = records(...hosts);
  await answeredBy(call, hosts);
});

test("round_robin finds new replicas by the age of its servers' connections", async () => {
  const first = await startGreeter(named(hosts[0]), { limits: { maxConnectionAgeMs: 50 } });
  await using _first = first;
  const { port } = first;
  await using _second = await startGreeter(named(hosts[1]), { host: hosts[1], port });
  const zone: Record<string, ZoneRecord[]> = { [name]: records(hosts[0]) };
  await using names = await startNameServer(zone);
  await using channel = insecureChannel(`dns://${names.address}/${name}:${port}`, {
    balancer: roundRobin(),
    dns,
  });
  const client = greeterClient(channel);
  const call = async (): Promise<string> => (await client.sayHello({})).greeting;
  assert.equal(await call(), hosts[0]);
  zone[name] = records(hosts[0], hosts[1]);
  await answeredBy(call, [hosts[0], hosts[1]]);
});

test("a name that is gone from DNS leaves the servers that are known in use", async () => {
  const [a, b, c] = await startAll();
  await using _a = a;
  await using _b = b;
  await using _c = c;
  const zone: Record<string, ZoneRecord[]> = { [name]: records(hosts[0]) };
  await using names = await startNameServer(zone);
  await using channel = insecureChannel(`dns://${names.address}/${name}:${a.port}`, {
    dns: { ...dns, refreshMs: 10 },
  });
  const client = greeterClient(channel);
  await client.sayHello({});
  delete zone[name];
  const asked = names.questions.length;
  while (names.questions.length < asked + 6) await client.sayHello({});
});

test("dnsmasq: servers come and go, and calls follow", { skip: requirement(dnsmasq) }, async () => {
  const [a, b, c] = await startAll();
  await using _b = b;
  await using _c = c;
  await using names = await startDnsmasq(name, [hosts[0], hosts[1]]);
  await using channel = insecureChannel(`dns://${names.address}/${name}:${a.port}`, {
    balancer: roundRobin(),
    dns: { ...dns, refreshMs: 20 },
  });
  const client = greeterClient(channel);
  const call = async (): Promise<string> =>
    (await client.sayHello({}, { contextValues: patient, timeoutMs: 30_000 })).greeting;
  const first = await answeredBy(call, [hosts[0], hosts[1]]);
  assert.ok(!first.has(hosts[2]));
  await names.tell([hosts[1], hosts[2]]);
  await answeredBy(call, [hosts[2]]);
  await a[Symbol.asyncDispose]();
  const later = await answeredBy(call, [hosts[1], hosts[2]]);
  assert.ok(!later.has(hosts[0]));
});
