import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ErrorCode, Flag, FrameType, SettingId } from "../../src/constants.ts";
import { extent } from "./testkit/extent.ts";
import { assertBudget, assertClosed, attackOnClient, connectTo } from "./testkit/fight.ts";
import { answerAll } from "./testkit/honest.ts";
import { RawServer } from "./testkit/raw-peer.ts";
import type { RawPeer } from "./testkit/raw-peer.ts";
import { VictimClient } from "./testkit/victim.ts";
import {
  data,
  frame,
  goaway,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "../testkit/frames.ts";
import { indexed, inserted, literal, response, STATUS_200 } from "./testkit/blocks.ts";

// What only a server can do to a client. The floods that both can send are in floods.test.ts.

const { COMPRESSION_ERROR, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, PROTOCOL_ERROR } = ErrorCode;

let victim: VictimClient;
before(() => {
  victim = new VictimClient();
});
after(() => victim[Symbol.asyncDispose]());

const EARLY_HINTS = literal(":status", "103");
const informational = response(1, { block: EARLY_HINTS });

test("informational responses without end end with too_many_informational", async () => {
  const aftermath = await attackOnClient(victim, {
    unit: () => informational,
    units: extent(5000, 500_000),
  });
  const { end } = aftermath.record;
  assert.match(end.token, /^too_many_(informational|resets|glitches)$/);
  assertClosed(aftermath, ENHANCE_YOUR_CALM, end.token, 2500);
});

test("an HPACK bomb in a response ends the connection with its first block", async () => {
  const bomb = Buffer.concat([
    STATUS_200,
    inserted("a", "x".repeat(3900)),
    Buffer.alloc(12_000, indexed(62)),
  ]);
  const aftermath = await attackOnClient(victim, {
    unit: () => response(1, { block: bomb }),
    units: 10,
  });
  assertBudget(aftermath, ENHANCE_YOUR_CALM, "header_list_way_too_large", 5);
});

test("trailers without end end the stream, and what follows is charged", async () => {
  const aftermath = await attackOnClient(victim, {
    opening: (peer) => peer.send(response(1)),
    unit: () => response(1, { block: literal("a", "b") }),
    units: extent(5000, 500_000),
  });
  assert.equal(aftermath.record.end.by, "local");
  assert.ok(aftermath.record.stats.framesReceived < 2500);
});

test("one octet of a body after the other is taken as long as it is consumed", async () => {
  const { record } = await attackOnClient(victim, {
    opening: (peer) => peer.send(response(1)),
    unit: () => data(1, Buffer.of(0x78)),
    // Fewer than the stream's window at first, so that no credit has to be waited for.
    units: 60_000,
  });
  assert.equal(record.end.by, "transport");
});

/** What a server must not send, and what the client says to it. */
const breaches: readonly (readonly [string, (peer: RawPeer) => Uint8Array, ErrorCode])[] = [
  [
    "PUSH_PROMISE, which our SETTINGS forbid",
    () =>
      frame(FrameType.PUSH_PROMISE, Flag.END_HEADERS, 1, Buffer.concat([uint32(2), STATUS_200])),
    PROTOCOL_ERROR,
  ],
  ["SETTINGS that enable push", () => settings([SettingId.ENABLE_PUSH, 1]), PROTOCOL_ERROR],
  ["a largest frame of 0", () => settings([SettingId.MAX_FRAME_SIZE, 0]), PROTOCOL_ERROR],
  ["a largest frame of 2^24", () => settings([SettingId.MAX_FRAME_SIZE, 2 ** 24]), PROTOCOL_ERROR],
  [
    "an initial window of 2^31",
    () => settings([SettingId.INITIAL_WINDOW_SIZE, 2 ** 31]),
    FLOW_CONTROL_ERROR,
  ],
  ["a stream of the server's", () => response(2), PROTOCOL_ERROR],
  ["a response to a stream that we never opened", () => response(101), PROTOCOL_ERROR],
  ["DATA on a stream that we never opened", () => data(101, Buffer.alloc(1)), PROTOCOL_ERROR],
  ["a reset of a stream that we never opened", () => rstStream(101, 8), PROTOCOL_ERROR],
  ["credit for a stream that we never opened", () => windowUpdate(101, 1), PROTOCOL_ERROR],
  ["a block that can't be decoded", () => response(1, { block: indexed(100) }), COMPRESSION_ERROR],
  ["no credit for the connection", () => windowUpdate(0, 0), PROTOCOL_ERROR],
  [
    "a GOAWAY whose last stream grows",
    () => Buffer.concat([goaway(1, 0), goaway(2 ** 31 - 1, 0)]),
    PROTOCOL_ERROR,
  ],
];

for (const [what, bytes, code] of breaches) {
  test(`${what} ends the connection`, async () => {
    let attacker: RawPeer | undefined;
    const aftermath = await attackOnClient(victim, {
      opening: (peer) => {
        attacker = peer;
      },
      unit: () => (attacker === undefined ? new Uint8Array(0) : bytes(attacker)),
      units: 1,
    });
    const { end } = aftermath.record;
    assertClosed(aftermath, code, end.token, 10);
    assert.match(end.token, /^[a-z0-9_]+$/);
  });
}

/** What breaks one stream's rules, and ends it alone. */
const faults: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ["DATA before HEADERS", [data(1, Buffer.alloc(10))]],
  ["a response without a status", [response(1, { block: literal("a", "b") })]],
  ["a status that is no number", [response(1, { block: literal(":status", "2x0") })]],
  [
    "an informational response that ends the stream",
    [response(1, { block: EARLY_HINTS, endStream: true })],
  ],
  ["101, which HTTP/2 has no use for", [response(1, { block: literal(":status", "101") })]],
  [
    "a request's pseudo-header",
    [response(1, { block: Buffer.concat([STATUS_200, literal(":path", "/")]) })],
  ],
  [
    "a line break in a value",
    [response(1, { block: Buffer.concat([STATUS_200, literal("a", "b\r\nc: d")]) })],
  ],
  [
    "connection",
    [response(1, { block: Buffer.concat([STATUS_200, literal("connection", "close")]) })],
  ],
  [
    "a body longer than its content-length",
    [
      response(1, { block: Buffer.concat([STATUS_200, literal("content-length", "3")]) }),
      data(1, Buffer.alloc(4)),
    ],
  ],
  [
    "a body shorter than its content-length",
    [
      response(1, { block: Buffer.concat([STATUS_200, literal("content-length", "5")]) }),
      data(1, Buffer.alloc(4), { endStream: true }),
    ],
  ],
  ["trailers with a status", [response(1), response(1, { endStream: true })]],
];

for (const [what, parts] of faults) {
  test(`${what} ends the call alone`, async () => {
    await using server = await RawServer.listen();
    await using peer = await connectTo(victim, server);
    const call = victim.call(server.port);
    await peer.until(() => peer.count(FrameType.HEADERS) > 0, "the request");
    peer.send(...parts);
    const { end } = await call;
    assert.deepEqual(
      { by: end.by, code: end.code, processed: end.processed },
      { by: "localReset", code: PROTOCOL_ERROR, processed: true },
    );
    answerAll(peer);
    const next = await victim.call(server.port);
    assert.deepEqual({ by: next.end.by, status: next.status }, { by: "end", status: 200 });
  });
}

test("a server that allows no streams leaves none to open, and allows them later", async () => {
  await using server = await RawServer.listen();
  await using peer = await connectTo(victim, server);
  peer.send(settings([SettingId.MAX_CONCURRENT_STREAMS, 0]));
  await peer.settle();
  assert.equal(await victim.available(server.port), 0);
  peer.send(settings([SettingId.MAX_CONCURRENT_STREAMS, 7]));
  await peer.settle();
  assert.equal(await victim.available(server.port), 7);
});

test("a server that goes away without a word ends each of its calls once", async () => {
  await using server = await RawServer.listen();
  const peer = await connectTo(victim, server);
  const calls = Array.from({ length: 50 }, () => victim.call(server.port));
  await peer.until(() => peer.count(FrameType.HEADERS) === 50, "the requests");
  await peer[Symbol.asyncDispose]();
  for (const { end } of await Promise.all(calls)) assert.equal(end.by, "connection");
});

test("calls above a GOAWAY's last stream were never processed, those below are", async () => {
  await using server = await RawServer.listen();
  await using peer = await connectTo(victim, server);
  const calls = Array.from({ length: 3 }, () => victim.call(server.port));
  await peer.until(() => peer.count(FrameType.HEADERS) === 3, "the requests");
  peer.send(goaway(3, ErrorCode.NO_ERROR));
  peer.send(response(1, { endStream: true }), response(3, { endStream: true }));
  const ends = (await Promise.all(calls)).map(({ end }) => [end.by, end.processed]);
  assert.deepEqual(ends, [
    ["end", true],
    ["end", true],
    ["goaway", false],
  ]);
});
