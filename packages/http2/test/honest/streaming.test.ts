import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultLimits } from "../../src/index.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { Call, echo, replyWith, requestHeaders } from "./testkit/calls.ts";
import { assertHonoured, openLink } from "./testkit/link.ts";

const HEADERS = requestHeaders("/a.Stream/Chat");

test("messages of one octet in both directions, one at a time, are honest traffic", async () => {
  await using link = await openLink(echo);
  const call = new Call(link.client, HEADERS, false);
  const messages = extent(5000, 200_000);
  for (let sent = 1; sent <= messages; sent++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    call.onData = () => resolve();
    call.stream.sendData(Uint8Array.of(sent), false);
    await promise;
  }
  call.stream.sendData(new Uint8Array(0), true);
  assert.equal((await call.ended).by, "end");
  assert.equal(call.octets, messages);
  assertHonoured(link);
});

test("messages of one octet in both directions, as fast as they are taken, are honest traffic", async () => {
  await using link = await openLink(echo);
  const calls = Array.from({ length: 10 }, () => new Call(link.client, HEADERS, false));
  const messages = extent(5000, 200_000);
  for (let sent = 0; sent < messages; sent++) {
    for (const { stream } of calls) stream.sendData(Uint8Array.of(sent), false);
    if (sent % 50 === 0) await new Promise(setImmediate);
  }
  for (const { stream } of calls) stream.sendData(new Uint8Array(0), true);
  for (const call of calls) {
    assert.equal((await call.ended).by, "end");
    assert.equal(call.octets, messages);
  }
  assertHonoured(link);
});

test("streams that end with an empty DATA, as every gRPC client does it, are honest traffic", async () => {
  await using link = await openLink(echo);
  const calls = extent(3000, 100_000);
  for (let made = 0; made < calls; made++) {
    const call = new Call(link.client, HEADERS, false);
    call.stream.sendData(new Uint8Array(0), true);
    await call.ended;
  }
  assertHonoured(link);
});

test("as many streams as are allowed, each followed by another at once, are never refused", async () => {
  await using link = await openLink(replyWith(new Uint8Array(100)));
  const { maxConcurrentStreams } = defaultLimits("server");
  assert.equal(link.client.availableStreams, maxConcurrentStreams);
  const until = performance.now() + extent(1, 30) * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      const { by } = await new Call(link.client, HEADERS).ended;
      assert.equal(by, "end");
    }
  };
  await Promise.all(Array.from({ length: maxConcurrentStreams }, lane));
  assertHonoured(link);
});

test("a header list of 16 KiB less one, with as many fields as are allowed, is taken every time", async () => {
  await using link = await openLink(replyWith(new Uint8Array(1)));
  const { maxHeaderListSize, maxHeaderFields } = defaultLimits("server");
  const fields = Array.from({ length: maxHeaderFields - 5 - 1 }, (_, at) => [`x-${at}`, "value"]);
  const base = requestHeaders("/", ...fields.flat());
  const filler = "x".repeat(maxHeaderListSize - 1 - listSize([...base, "filler", ""]));
  const headers = [...base, "filler", filler];
  assert.equal(listSize(headers), maxHeaderListSize - 1);
  assert.equal(headers.length / 2, maxHeaderFields);
  const calls = extent(300, 10_000);
  for (let made = 0; made < calls; made++) {
    assert.equal((await new Call(link.client, headers).ended).by, "end");
  }
  assertHonoured(link);
});

/** As SETTINGS_MAX_HEADER_LIST_SIZE counts it, RFC 9113 §6.5.2. */
function listSize(headers: readonly string[]): number {
  return headers.reduce((size, text) => size + text.length, 0) + 32 * (headers.length / 2);
}

test("a consumer that is slow, but goes on, gets its whole response", async () => {
  const body = new Uint8Array(extent(200_000, 2_000_000));
  // Ten times as slow as the limit for one that doesn't go on at all.
  await using link = await openLink(replyWith(body), {
    server: { stalledSendMs: 200 },
    client: { initialStreamWindow: 16_384, maxAutoWindow: 16_384 },
  });
  let taken = 0;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const stream = link.client.openStream(
    HEADERS,
    {
      data: (_bytes, start, end) => {
        taken += end - start;
        void sleep(20).then(() => stream.consume(end - start));
      },
      closed: (end) => resolve(end.by),
    },
    { endStream: true },
  );
  assert.equal(await ended, "end");
  assert.equal(taken, body.length);
  assertHonoured(link);
});

test("small writes of a large upload, consumed as they come, are honest traffic", async () => {
  await using link = await openLink(replyWith(new Uint8Array(1)));
  const call = new Call(link.client, HEADERS, false);
  const octets = extent(1_000_000, 20_000_000);
  for (let sent = 0; sent < octets; sent += 100) {
    call.stream.sendData(new Uint8Array(100), false);
    if (sent % 50_000 === 0) await new Promise(setImmediate);
  }
  call.stream.sendData(new Uint8Array(0), true);
  assert.equal((await call.ended).by, "end");
  assertHonoured(link);
});
