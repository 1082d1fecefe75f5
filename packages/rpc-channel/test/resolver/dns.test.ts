import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { type DnsOptions, dnsResolver } from "../../src/resolver/dns.ts";
import { parseTarget } from "../../src/target.ts";
import { dnsError, FakeLookup } from "../support/fake-lookup.ts";
import { Watching } from "../support/watching.ts";

function start(
  text: string,
  prepare: (lookup: FakeLookup) => void,
  options: DnsOptions = {},
): { lookup: FakeLookup; watching: Watching } {
  const target = parseTarget(text);
  assert.ok(target.kind === "dns");
  const lookup = new FakeLookup();
  prepare(lookup);
  return { lookup, watching: new Watching(dnsResolver(target, options, () => lookup)) };
}

function answer(...addresses: string[]): { addresses: string[]; ttlMs: undefined } {
  return { addresses, ttlMs: undefined };
}

test("each address is an endpoint, in the answer's order, with the target's port", async () => {
  const { watching } = start("greeter:50051", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.2", "::1", "10.0.0.1", "::ffff:10.0.0.3");
  });
  await watching.advance(0);
  assert.deepEqual(watching.addresses, [
    "10.0.0.2:50051",
    "[::1]:50051",
    "10.0.0.1:50051",
    "10.0.0.3:50051",
  ]);
});

test("a name that isn't there is UNAVAILABLE with the name and DNS's reason, and is asked for again", async () => {
  const { lookup, watching } = start("dns://10.0.0.2/greeter", () => {});
  await watching.advance(0);
  const [error] = watching.errors;
  assert.equal(error?.code, Code.Unavailable);
  assert.equal(error?.rawMessage, "name resolution failed: greeter at 10.0.0.2:53: ENOTFOUND");
  for (let i = 0; i < 100; i++) await watching.advance(1_000);
  // 1 + 1.6 + 2.6 + 4.1 + 6.6 + 10.5 + 16.8 + 26.8 s, ± 20 %
  assert.ok(lookup.asked.length >= 8 && lookup.asked.length <= 10, `${lookup.asked.length}`);
  lookup.hosts["greeter"] = answer("10.0.0.1");
  for (let i = 0; i < 150; i++) await watching.advance(1_000);
  assert.deepEqual(watching.addresses, ["10.0.0.1:443"]);
});

test("an answer that vanishes, or is empty, leaves the last good one", async () => {
  const { lookup, watching } = start("greeter", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.1");
  });
  await watching.advance(0);
  for (const next of [dnsError("ENOTFOUND"), dnsError("ESERVFAIL"), answer()]) {
    lookup.hosts["greeter"] = next;
    watching.watch.refresh();
    await watching.advance(200_000);
  }
  assert.equal(watching.resolutions.length, 1);
  assert.ok(watching.errors.length >= 3);
  assert.match(watching.errors.at(-1)?.rawMessage ?? "", /greeter: it has no addresses/);
});

test("after an answer, the next question comes 30 s later at the earliest, however often it is wanted", async () => {
  const { lookup, watching } = start("greeter", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.1");
  });
  await watching.advance(10_000);
  watching.watch.refresh();
  watching.watch.refresh();
  await watching.advance(19_999);
  assert.equal(lookup.asked.length, 1);
  await watching.advance(1);
  assert.equal(lookup.asked.length, 2);
  await watching.advance(100_000);
  assert.equal(lookup.asked.length, 2, "nobody has asked");
  watching.watch.refresh();
  await watching.advance(0);
  assert.equal(lookup.asked.length, 3, "the 30 s are over");
});

test("a wish that comes while a question is open is met by its answer", async () => {
  const { lookup, watching } = start("greeter", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.1");
  });
  watching.watch.refresh();
  await watching.advance(100_000);
  assert.equal(lookup.asked.length, 1);
});

test("an answer that the channel can't use is asked for again, after a backoff", async () => {
  const { watching } = start("greeter", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.1");
  });
  watching.usable = false;
  for (let i = 0; i < 60; i++) await watching.advance(100);
  // At 0, 1, 2.6 and 5.2 s, ± 20 %.
  assert.ok(watching.resolutions.length >= 3 && watching.resolutions.length <= 5);
  watching.usable = true;
  for (let i = 0; i < 600; i++) await watching.advance(100);
  const count = watching.resolutions.length;
  for (let i = 0; i < 600; i++) await watching.advance(100);
  assert.equal(watching.resolutions.length, count);
});

test("after an answer, failures begin with a short backoff again", async () => {
  const { lookup, watching } = start("greeter", () => {}, { minIntervalMs: 0 });
  for (let i = 0; i < 100; i++) await watching.advance(1_000);
  lookup.hosts["greeter"] = answer("10.0.0.1");
  for (let i = 0; i < 100; i++) await watching.advance(1_000);
  assert.equal(watching.resolutions.length, 1);
  delete lookup.hosts["greeter"];
  watching.watch.refresh();
  await watching.advance(0);
  const before = lookup.asked.length;
  await watching.advance(1_300);
  assert.equal(lookup.asked.length, before + 1);
});

/** How often it is asked in ten minutes, after the first time. */
async function refreshes(options: DnsOptions, ttlMs?: number): Promise<number> {
  const { lookup, watching } = start(
    "greeter",
    ({ hosts }) => {
      hosts["greeter"] = { addresses: ["10.0.0.1"], ttlMs };
    },
    options,
  );
  for (let i = 0; i < 600; i++) await watching.advance(1_000);
  return lookup.asked.length - 1;
}

test("asked to, it refreshes without a failure, but never sooner than the floor", async () => {
  assert.equal(await refreshes({ refreshMs: 60_000 }), 10);
  assert.equal(await refreshes({ refreshMs: 1_000 }), 20);
  assert.equal(await refreshes({ refreshMs: 1_000, minIntervalMs: 5_000 }), 120);
  assert.equal(await refreshes({ refreshMs: "ttl" }, 100_000), 6);
  assert.equal(await refreshes({ refreshMs: "ttl" }, 0), 20);
  assert.equal(await refreshes({ refreshMs: "ttl" }), 0, "the system knows no TTL");
  assert.equal(await refreshes({}), 0);
});

test("closed while a question is open, the answer is nobody's, and the question is given up", async () => {
  const { lookup, watching } = start("greeter", () => {});
  watching.watch.close();
  await watching.advance(100_000);
  assert.deepEqual([watching.resolutions.length, watching.errors.length], [0, 0]);
  assert.equal(lookup.cancelled, 1);
  assert.equal(watching.time.alarms, 0);
});

test("closed by what it says, it asks no more", async () => {
  const { watching } = start("greeter", ({ hosts }) => {
    hosts["greeter"] = answer("10.0.0.1");
  });
  watching.update = () => {
    watching.watch.close();
    return false;
  };
  await watching.advance(100_000);
  assert.equal(watching.time.alarms, 0);
});

const srv = "_grpc._tcp.greeter.example";

test("a service's records give an endpoint each, with their ports, weights and all addresses", async () => {
  const { watching } = start(`dns:///${srv}`, (lookup) => {
    lookup.srv[srv] = [
      { name: "a", port: 1, priority: 10, weight: 0 },
      { name: "b", port: 2, priority: 10, weight: 5 },
    ];
    lookup.hosts["a"] = { addresses: ["10.0.0.1", "::1"], ttlMs: 70_000 };
    lookup.hosts["b"] = { addresses: ["10.0.0.2"], ttlMs: 60_000 };
  });
  await watching.advance(0);
  assert.deepEqual(watching.addresses, ["10.0.0.2:2", "10.0.0.1:1+[::1]:1"]);
  assert.deepEqual(
    watching.resolutions[0]?.endpoints.map(({ weight }) => weight),
    [5, 1],
  );
});

test("of a service's records, the next priority counts only where the first has no addresses", async () => {
  const { lookup, watching } = start(`dns:///${srv}`, ({ srv: records, hosts }) => {
    records[srv] = [
      { name: "second", port: 2, priority: 20, weight: 1 },
      { name: "first", port: 1, priority: 10, weight: 1 },
      { name: "gone", port: 1, priority: 10, weight: 1 },
    ];
    hosts["first"] = answer("10.0.0.1");
    hosts["second"] = answer("10.0.0.2");
  });
  await watching.advance(0);
  assert.deepEqual(watching.addresses, ["10.0.0.1:1"]);
  lookup.hosts["first"] = dnsError("ENOTFOUND");
  watching.watch.refresh();
  await watching.advance(30_000);
  assert.deepEqual(watching.addresses, ["10.0.0.2:2"]);
});

test("records of a service are drawn in proportion to their weights", async () => {
  const firsts: Record<string, number> = {};
  for (let seed = 0; seed < 2_000; seed++) {
    const lookup = new FakeLookup();
    lookup.srv[srv] = [1, 3].map((weight) => ({
      name: `h${weight}`,
      port: weight,
      priority: 0,
      weight,
    }));
    lookup.hosts["h1"] = answer("10.0.0.1");
    lookup.hosts["h3"] = answer("10.0.0.3");
    const target = parseTarget(`dns:///${srv}`);
    assert.ok(target.kind === "dns");
    const watching = new Watching(
      dnsResolver(target, {}, () => lookup),
      undefined,
      seed,
    );
    await watching.advance(0);
    const first = watching.addresses?.[0] ?? "";
    firsts[first] = (firsts[first] ?? 0) + 1;
  }
  assert.ok(Math.abs((firsts["10.0.0.3:3"] ?? 0) - 1_500) < 80, JSON.stringify(firsts));
});

test("a service that says it isn't there, or whose hosts all aren't, is an error", async () => {
  const root = [{ name: "", port: 0, priority: 0, weight: 0 }];
  const gone = [{ name: "gone", port: 1, priority: 0, weight: 0 }];
  for (const [records, reason] of [
    [root, /the service isn't offered there/],
    [gone, /ENOTFOUND/],
    [undefined, /ENOTFOUND/],
  ] as const) {
    const { watching } = start(`dns:///${srv}`, (lookup) => {
      if (records !== undefined) lookup.srv[srv] = [...records];
    });
    await watching.advance(0);
    assert.match(watching.errors[0]?.rawMessage ?? "", reason);
  }
});

const txt = "_grpc_config.greeter";

function record(...choices: unknown[]): string[][] {
  const text = `grpc_config=${JSON.stringify(choices)}`;
  // Pieces have at most 255 octets; where they are cut says nothing.
  return [["v=spf1"], [text.slice(0, 20), text.slice(20)]];
}

async function chosen(records: string[][] | Error, on = true): Promise<unknown> {
  const { watching } = start(
    "greeter",
    (lookup) => {
      lookup.hosts["greeter"] = answer("10.0.0.1");
      lookup.txt[txt] = records;
    },
    { serviceConfig: on },
  );
  await watching.advance(0);
  const config = watching.resolutions[0]?.serviceConfig;
  return config?.kind === "error" ? config.error.rawMessage : config?.json;
}

test("a service config in DNS is taken when asked to, and its first choice for this client counts", async () => {
  const choices = record(
    { clientLanguage: ["go"], serviceConfig: 1 },
    { percentage: 0, serviceConfig: 2 },
    { clientHostname: ["some-other-host"], serviceConfig: 3 },
    { clientLanguage: ["go", "NODE"], percentage: 100, serviceConfig: { a: 4 } },
    { serviceConfig: 5 },
  );
  assert.deepEqual(await chosen(choices), { a: 4 });
  assert.equal(await chosen(choices, false), undefined);
  assert.equal(await chosen(record({ clientLanguage: ["go"], serviceConfig: 1 })), undefined);
  assert.equal(await chosen([["v=spf1"]]), undefined);
});

test("of a percentage of clients, so many choose it", async () => {
  let taken = 0;
  for (let seed = 0; seed < 1_000; seed++) {
    const lookup = new FakeLookup();
    lookup.hosts["greeter"] = answer("10.0.0.1");
    lookup.txt[txt] = record({ percentage: 30, serviceConfig: {} });
    const target = parseTarget("greeter");
    assert.ok(target.kind === "dns");
    const resolver = dnsResolver(target, { serviceConfig: true }, () => lookup);
    const watching = new Watching(resolver, undefined, seed);
    await watching.advance(0);
    if (watching.resolutions[0]?.serviceConfig !== undefined) taken++;
  }
  assert.ok(Math.abs(taken - 300) < 50, `${taken}`);
});

test("a service config in DNS that can't be read is an error beside the addresses", async () => {
  const broken = [
    ["grpc_config={", /it is no JSON/],
    ["grpc_config={}", /it is no list of choices/],
    ["grpc_config=[1]", /\$\[0\] is no object/],
    ["grpc_config=[{}]", /\$\[0\] has no serviceConfig/],
    ['grpc_config=[{"percentage":101,"serviceConfig":{}}]', /\$\[0\]\.percentage/],
    ['grpc_config=[{"clientLanguage":"go","serviceConfig":{}}]', /\$\[0\]\.clientLanguage/],
    ['grpc_config=[{"clientHostname":[1],"serviceConfig":{}}]', /\$\[0\]\.clientHostname/],
  ] as const;
  for (const [text, message] of broken) {
    assert.match(String(await chosen([[text]])), message);
  }
});

test("when TXT records can't be had, the addresses are used, and the last config stays", async () => {
  assert.equal(await chosen(dnsError("ESERVFAIL")), undefined);
  const { lookup, watching } = start(
    "greeter",
    (prepared) => {
      prepared.hosts["greeter"] = answer("10.0.0.1");
      prepared.txt[txt] = record({ serviceConfig: { a: 1 } });
    },
    { serviceConfig: true },
  );
  const configs = [dnsError("ETIMEOUT"), dnsError("ENOTFOUND")].map((error) => async () => {
    lookup.txt[txt] = error;
    watching.watch.refresh();
    await watching.advance(30_000);
    return watching.resolutions.at(-1)?.serviceConfig;
  });
  await watching.advance(0);
  assert.deepEqual(await configs[0]?.(), { kind: "json", json: { a: 1 } });
  assert.deepEqual(await configs[1]?.(), undefined, "there is none any more");
});
