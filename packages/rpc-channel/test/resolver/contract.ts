import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resolver } from "../../src/resolver/resolver.ts";
import { VirtualTime } from "../support/virtual-time.ts";
import { settled, Watching } from "../support/watching.ts";

/** What every resolver does. @param create a new one, which knows at least one server */
export function resolverContract(name: string, create: () => Resolver): void {
  test(`${name}: it has an authority, and tells endpoints with addresses without being asked twice`, async () => {
    const resolver = create();
    assert.notEqual(resolver.authority, "");
    const watching = new Watching(resolver);
    await settled();
    assert.equal(watching.resolutions.length, 1);
    const endpoints = watching.resolutions[0]?.endpoints ?? [];
    assert.ok(endpoints.length > 0);
    for (const endpoint of endpoints) assert.ok(endpoint.addresses.length > 0);
    watching.watch.close();
  });

  test(`${name}: closed at once, it says nothing more and leaves no alarm`, async () => {
    const watching = new Watching(create());
    const before = watching.resolutions.length;
    watching.watch.close();
    await watching.advance(1_000_000);
    assert.equal(watching.resolutions.length, before);
    assert.equal(watching.time.alarms, 0);
  });

  test(`${name}: closed later, it leaves no alarm, and may be closed and asked again`, async () => {
    const watching = new Watching(create());
    await watching.advance(1_000);
    watching.watch.refresh();
    watching.watch.close();
    assert.equal(watching.time.alarms, 0);
    watching.watch.close();
    watching.watch.refresh();
    const before = watching.resolutions.length;
    await watching.advance(1_000_000);
    assert.equal(watching.resolutions.length, before);
    assert.equal(watching.time.alarms, 0);
  });

  test(`${name}: two channels may watch, and one may stop`, async () => {
    const resolver = create();
    const time = new VirtualTime();
    const [first, second] = [new Watching(resolver, time), new Watching(resolver, time)];
    first.watch.close();
    await settled();
    assert.equal(second.resolutions.length, 1);
    second.watch.close();
  });

  test(`${name}: asking for news a thousand times is asking once`, async () => {
    const watching = new Watching(create());
    await settled();
    for (let i = 0; i < 1_000; i++) watching.watch.refresh();
    await watching.advance(1_000);
    assert.ok(watching.resolutions.length <= 2);
    watching.watch.close();
  });
}
