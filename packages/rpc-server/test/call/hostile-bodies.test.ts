import assert from "node:assert/strict";
import test from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { compressedFlag, prefixMessage } from "@privet/grpc-wire";
import { seededRandom } from "@privet/testkit";
import type { Random } from "@privet/testkit";
import { encoded, friendly, kinds, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";
import type { ClientCall } from "./testkit/pair.ts";

/** Rounds with fresh seeds take as long as somebody has: PRIVET_LONG=1. */
const rounds = process.env["PRIVET_LONG"] === "1" ? 20_000 : 300;

const resourceExhausted = "8";
const limit = 4_194_304;

/** Six times the limit. */
const huge = Buffer.alloc(6 * limit, "x");

async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

for (const [encoding, compress] of [
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
  ["zstd", zstdCompressSync],
] as const) {
  test(`a bomb in ${encoding} is RESOURCE_EXHAUSTED at the limit, in every kind of call`, async () => {
    const bomb = prefixMessage(compress(huge), compressedFlag);
    assert.ok(bomb.length < 100_000, `${bomb.length} octets`);
    const pair = new Pair({ routes: routes(friendly) });
    for (const kind of kinds) {
      const before = process.memoryUsage().arrayBuffers;
      const call = pair.open(paths[kind], ["grpc-encoding", encoding]).send(bomb.slice()).end();
      await call.ended;
      const taken = process.memoryUsage().arrayBuffers - before;
      assert.equal(call.status, resourceExhausted, `${kind}: ${call.message}`);
      // All that was inflated up to the limit, and half as much in zlib's hands.
      assert.ok(taken < 3 * limit, `${kind}: ${taken} octets`);
    }
    assert.equal(pair.dispatcher.activeCalls, 0);
  });
}

for (const kind of kinds) {
  test(`a hundred length prefixes of 4 GiB allocate nothing, in ${kind} calls`, async () => {
    const pair = new Pair({ routes: routes(friendly) });
    const before = process.memoryUsage().arrayBuffers;
    const calls = Array.from({ length: 100 }, () =>
      pair.open(paths[kind]).send(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff)),
    );
    for (const call of await Promise.all(calls.map((one) => one.ended))) {
      assert.equal(call.status, resourceExhausted);
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < limit);
    assert.equal(pair.dispatcher.activeCalls, 0);
  });

  test(`prefixes of the limit, and nothing after them, hold next to no memory in ${kind} calls`, async () => {
    const pair = new Pair({ routes: routes(friendly) });
    const before = process.memoryUsage().arrayBuffers;
    const calls = Array.from({ length: 100 }, () =>
      pair.open(paths[kind]).send(Uint8Array.of(0, 0, 0x40, 0, 0, 1, 2, 3)),
    );
    await settled();
    const taken = process.memoryUsage().arrayBuffers - before;
    assert.ok(taken < 100 * 65_536 + limit, `${taken} octets for 400 MiB that were promised`);
    for (const call of calls) call.reset();
    await settled();
    assert.equal(pair.dispatcher.activeCalls, 0);
  });
}

/** A body, right or wrong. */
function body(random: Random): Uint8Array {
  const parts = Array.from({ length: random.below(4) }, () => part(random));
  return Uint8Array.from(Buffer.concat(parts));
}

function part(random: Random): Uint8Array {
  const name = "x".repeat(random.below(300));
  switch (random.below(8)) {
    case 0:
      return random.bytes(random.below(12));
    case 1:
      return prefixMessage(random.bytes(random.below(20)), random.below(4));
    case 2:
      return prefixMessage(gzipSync(encoded(name)), compressedFlag);
    case 3:
      return named(name).subarray(0, random.below(20));
    default:
      return named(name);
  }
}

/** Sends it in pieces, each in a frame and some in turns of their own. */
async function sendInPieces(call: ClientCall, bytes: Uint8Array, random: Random): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random.below(random.chance(0.5) ? 6 : bytes.length);
    if (call.stream.closed) return;
    call.send(bytes.slice(at, end));
    if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
    at = end;
  }
  if (!call.stream.closed) call.end();
}

/** What a client can tell of an answer. */
function answer(call: ClientCall): object {
  const frames = call.frames.map(({ flags, bytes }) => [flags, Buffer.from(bytes).toString("hex")]);
  return { status: call.status, message: call.message, frames };
}

test(`${rounds} bodies of any sort are answered alike, however they are cut into frames`, async () => {
  const firstSeed = rounds > 1000 ? Math.floor(Math.random() * 2 ** 31) : 5;
  const pair = new Pair({ routes: routes(friendly) });
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const random = seededRandom(seed);
    const path = paths[random.pick(kinds)];
    const bytes = body(random);
    const fields = ["grpc-encoding", random.pick(["gzip", "identity"])];
    const whole = pair.open(path, fields);
    if (bytes.length > 0) whole.send(bytes.slice());
    whole.end();
    const cut = pair.open(path, fields);
    await sendInPieces(cut, bytes, random);
    await Promise.all([whole.ended, cut.ended]);
    assert.notEqual(whole.status, undefined, `seed ${seed}`);
    assert.deepEqual(
      answer(cut),
      answer(whole),
      `seed ${seed}: ${Buffer.from(bytes).toString("hex")}`,
    );
  }
  await settled();
  assert.equal(pair.dispatcher.activeCalls, 0);
  assert.equal(pair.timers.size, 0);
  assert.equal(pair.server.stats().handlerFaults, 0);
});
