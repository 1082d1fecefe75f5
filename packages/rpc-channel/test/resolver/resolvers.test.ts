import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectError } from "@connectrpc/connect";
import { dnsResolver } from "../../src/resolver/dns.ts";
import { resolverFor } from "../../src/resolver/for-target.ts";
import { createManualResolver } from "../../src/resolver/manual.ts";
import { staticResolver } from "../../src/resolver/static.ts";
import { parseTarget } from "../../src/target.ts";
import { endpoint } from "../support/balanced.ts";
import { FakeLookup } from "../support/fake-lookup.ts";
import { Watching } from "../support/watching.ts";
import { resolverContract } from "./contract.ts";

resolverContract("static", () => staticResolver(["10.0.0.1:1", "unix:/run/greeter"]));
resolverContract("ipv4:", () => resolverFor(parseTarget("ipv4:10.0.0.1:1,10.0.0.2:2")));
resolverContract("unix:", () => resolverFor(parseTarget("unix:/run/greeter")));
resolverContract("manual", () => {
  const manual = createManualResolver();
  manual.update({ endpoints: [endpoint("10.0.0.1:1")] });
  return manual;
});
resolverContract("dns", () => {
  const target = parseTarget("greeter:1");
  assert.ok(target.kind === "dns");
  const lookup = new FakeLookup();
  lookup.hosts["greeter"] = { addresses: ["10.0.0.1"], ttlMs: undefined };
  return dnsResolver(target, {}, () => lookup);
});

test("a static list takes addresses and endpoints, in their order", () => {
  const two = { ...endpoint("10.0.0.2:1", "[::2]:1"), weight: 3 };
  const watching = new Watching(staticResolver(["10.0.0.1:1", two, "[::3]", "unix:/a"]));
  assert.deepEqual(watching.addresses, [
    "10.0.0.1:1",
    "10.0.0.2:1+[::2]:1",
    "[::3]:443",
    "unix:/a",
  ]);
  assert.equal(watching.resolutions[0]?.endpoints[1]?.weight, 3);
});

test("a static list's authority is its first address, unless another is given", () => {
  assert.equal(staticResolver(["10.0.0.1:1"]).authority, "10.0.0.1:1");
  assert.equal(staticResolver(["unix:/a"]).authority, "localhost");
  assert.equal(staticResolver(["10.0.0.1:1"], { authority: "greeter" }).authority, "greeter");
});

test("a static list can carry a service config", () => {
  const watching = new Watching(staticResolver(["10.0.0.1:1"], { serviceConfig: { a: 1 } }));
  assert.deepEqual(watching.resolutions[0]?.serviceConfig, { kind: "json", json: { a: 1 } });
});

test("a static list of nothing, or with a name, is refused", () => {
  assert.throws(() => staticResolver([]), /at least one address/);
  assert.throws(() => staticResolver(["greeter:1"]), /«greeter:1» is no address: .* dns:greeter:1/);
});

test("the resolver of an address is told of all its addresses as endpoints of their own", () => {
  const watching = new Watching(resolverFor(parseTarget("ipv4:10.0.0.1:1,10.0.0.2:2")));
  assert.deepEqual(watching.addresses, ["10.0.0.1:1", "10.0.0.2:2"]);
});

test("a scheme of one's own gets the target that was read", () => {
  const resolvers = { etcd: () => staticResolver(["10.0.0.9:1"]) };
  const target = parseTarget("etcd://10.0.0.1/greeter", Object.keys(resolvers));
  assert.deepEqual(new Watching(resolverFor(target, { resolvers })).addresses, ["10.0.0.9:1"]);
  assert.throws(() => resolverFor(target), /no resolver for «etcd»/);
});

test("a manual resolver says what it is told, to all that watch, and to those that come later", () => {
  const asked: number[] = [];
  const manual = createManualResolver("greeter", () => asked.push(manual.refreshes));
  const first = new Watching(manual);
  assert.equal(first.resolutions.length, 0);
  assert.equal(manual.update({ endpoints: [endpoint("10.0.0.1:1")] }), true);
  const second = new Watching(manual);
  assert.deepEqual([first.addresses, second.addresses], [["10.0.0.1:1"], ["10.0.0.1:1"]]);
  assert.equal(manual.watches, 2);
  second.usable = false;
  assert.equal(manual.update({ endpoints: [] }), false);
  manual.fail(new ConnectError("oops"));
  assert.equal(first.errors.length, 1);
  first.watch.refresh();
  assert.deepEqual(asked, [1]);
  second.watch.close();
  assert.equal(manual.watches, 1);
});
