import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { compressedFlag, prefixMessage } from "@privet/grpc-wire";
import { ErrorCode, UsageError } from "@privet/http2";
import { Random } from "../differential/random.ts";
import { encoded, friendly, kinds, named, paths, routes } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";
import type { ClientCall } from "./testkit/pair.ts";

// Whatever a client sends: its call ends once, with a status or a reset, no
// slot and no alarm is left, nothing is thrown, and the next call is served.

const rounds = 1000;

const bomb = prefixMessage(gzipSync(new Uint8Array(6_000_000)), compressedFlag);

function junk(random: Random): string {
  return String.fromCharCode(
    ...Array.from(random.bytes(random.below(12)), (b) => 0x21 + (b % 0x5e)),
  );
}

function fields(random: Random): string[] {
  const list: string[] = [];
  if (random.chance(0.3)) list.push("grpc-timeout", random.chance(0.5) ? junk(random) : "100m");
  if (random.chance(0.3))
    list.push("grpc-encoding", random.pick(["gzip", "br", "identity", junk(random)]));
  if (random.chance(0.3))
    list.push("grpc-accept-encoding", random.pick(["gzip", ",,", junk(random)]));
  if (random.chance(0.3)) list.push(`x-${random.below(9)}-bin`, junk(random));
  if (random.chance(0.2)) list.push("grpc-timeout", "1S");
  if (random.chance(0.2)) list.push("content-type", junk(random));
  if (random.chance(0.1)) list.push("grpc-status", "0", "grpc-message", "%zz");
  return list;
}

function contentType(random: Random): string {
  const usual = ["application/grpc", "application/grpc+proto", "application/grpc+json"];
  const other = ["application/grpc-web", "application/proto", "application/connect+proto"];
  return random.pick([
    ...usual,
    ...usual,
    ...other,
    `application/grpc+${junk(random)}`,
    junk(random),
  ]);
}

function bytes(random: Random): Uint8Array {
  const name = "x".repeat(random.below(200));
  switch (random.below(7)) {
    case 0:
      return random.bytes(random.below(40));
    case 1:
      return Uint8Array.of(random.below(256), random.below(256), 255, 255, 255);
    case 2:
      return prefixMessage(random.bytes(random.below(30)), random.below(4));
    case 3:
      return prefixMessage(gzipSync(encoded(name)), compressedFlag);
    case 4:
      return bomb.slice();
    case 5:
      return named(name).subarray(0, random.below(20));
    default:
      return named(name);
  }
}

async function act(random: Random, call: ClientCall): Promise<void> {
  for (let i = random.below(5); i > 0; i--) {
    if (call.stream.closed) return;
    call.send(bytes(random));
    if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
  }
  if (call.stream.closed) return;
  if (random.chance(0.15)) call.reset(random.pick(Object.values(ErrorCode)));
  else call.end();
}

for (const seed of [1, 2]) {
  test(`${rounds} calls of junk, of seed ${seed}, each end once and harm nobody`, async () => {
    const random = new Random(seed);
    const pair = new Pair({ routes: routes(friendly), observer: {} });
    const open: ClientCall[] = [];
    for (let i = 0; i < rounds; i++) {
      const path = random.chance(0.95) ? paths[random.pick(kinds)] : `/${junk(random)}`;
      const list = ["content-type", contentType(random), ...fields(random)];
      let call: ClientCall;
      try {
        call = pair.open(path, list, { bare: true, method: random.pick(["POST", "POST", "GET"]) });
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
        continue;
      }
      await act(random, call);
      open.push(call);
      if (open.length >= 20) await Promise.all(open.splice(0).map((one) => one.ended));
    }
    await Promise.all(open.map((one) => one.ended));
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(pair.dispatcher.activeCalls, 0);
    assert.equal(pair.timers.size, 0);
    assert.equal(pair.server.stats().handlerFaults, 0);
    const last = await pair.open(paths.unary).send(named("Anna")).end().ended;
    assert.equal(last.status, "0");
  });
}
