import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ErrorCode, Flag, FrameType } from "../../src/constants.ts";
import { defaultLimits } from "../../src/index.ts";
import { extent } from "./testkit/extent.ts";
import { attackOn, assertBudget } from "./testkit/fight.ts";
import type { Attack } from "./testkit/fight.ts";
import { VictimServer } from "./testkit/victim.ts";
import { data, frame, rstStream, uint32, windowUpdate } from "../testkit/frames.ts";
import { literal, request, requestBlock } from "./testkit/blocks.ts";

// Work that is asked for and thrown away: rapid reset, and the ways to make
// the server itself reset the stream.

const { maxConcurrentStreams, handlerQueueFactor, resets } = defaultLimits("server");
const UNITS = extent(5000, 1_000_000);
/** Refills while the attack lasts, and frames of the opening. */
const SLACK = 200;

let victim: VictimServer;
before(() => {
  victim = new VictimServer();
});
after(() => victim[Symbol.asyncDispose]());

function id(index: number): number {
  return index * 2 + 1;
}

test("rapid reset ends with too_many_resets, and never has more handlers at work than streams are allowed", async () => {
  const aftermath = await attackOn(victim, {
    unit: (index) =>
      Buffer.concat([request(id(index), "/hold"), rstStream(id(index), ErrorCode.CANCEL)]),
    units: UNITS,
  });
  const frames = 2 * (resets.burst + SLACK);
  assertBudget(aftermath, ErrorCode.ENHANCE_YOUR_CALM, "too_many_resets", frames);
  assert.ok(aftermath.handlers.mostAtWork <= maxConcurrentStreams);
  assert.ok(aftermath.record.stats.resetsReceived <= resets.burst + SLACK);
});

test("rapid reset that waits for the work to begin is held up by the slots, and ends when too many wait for one", async () => {
  const BATCH = 200;
  let next = 0;
  const aftermath = await attackOn(victim, {
    opening: async (peer) => {
      const batches = (maxConcurrentStreams * (handlerQueueFactor + 1)) / BATCH;
      for (let batch = 0; batch <= batches && !peer.over; batch++) {
        const ids = Array.from({ length: BATCH }, () => id(next++));
        peer.send(...ids.map((streamId) => request(streamId, "/hold")));
        await peer.settle().catch(() => {});
        peer.send(...ids.map((streamId) => rstStream(streamId, ErrorCode.CANCEL)));
        await peer.settle().catch(() => {});
      }
    },
    unit: () => request(id(next++), "/hold"),
    units: 1,
  });
  const { record, handlers } = aftermath;
  assert.match(record.end.token, /^too_many_(early_)?resets$/);
  assert.equal(record.end.code, ErrorCode.ENHANCE_YOUR_CALM);
  assert.ok(handlers.mostAtWork <= maxConcurrentStreams, `${handlers.mostAtWork} at work`);
  const most = maxConcurrentStreams * (handlerQueueFactor + 1) + BATCH;
  assert.ok(record.stats.streamsOpened <= most, `${record.stats.streamsOpened} streams`);
});

test("handlers that have been let go leave their slots to the next", async () => {
  let next = 0;
  const { handlers, record } = await attackOn(victim, {
    opening: async (peer) => {
      for (let batch = 0; batch < 8; batch++) {
        const ids = Array.from({ length: 100 }, () => id(next++));
        peer.send(...ids.map((streamId) => request(streamId, "/hold")));
        await peer.settle();
        peer.send(...ids.map((streamId) => rstStream(streamId, ErrorCode.CANCEL)));
        await peer.settle();
        await victim.letGo(peer.localPort);
      }
    },
    unit: () => request(id(next++), "/"),
    units: 1,
  });
  assert.equal(record.end.by, "transport");
  assert.equal(handlers.handled, 801);
});

/** What makes the server reset a stream that it has just opened, RFC 9113 §5.4.2. */
const provocations: readonly (readonly [string, (streamId: number) => Uint8Array])[] = [
  [
    "WINDOW_UPDATE of 0",
    (streamId) =>
      Buffer.concat([request(streamId, "/hold", { endStream: false }), windowUpdate(streamId, 0)]),
  ],
  [
    "WINDOW_UPDATE beyond the largest window",
    (streamId) =>
      Buffer.concat([
        request(streamId, "/hold", { endStream: false }),
        windowUpdate(streamId, 2 ** 31 - 1),
      ]),
  ],
  [
    "PRIORITY of the wrong length",
    (streamId) =>
      Buffer.concat([
        request(streamId, "/hold", { endStream: false }),
        frame(FrameType.PRIORITY, 0, streamId, Buffer.alloc(4)),
      ]),
  ],
  [
    "PRIORITY on itself",
    (streamId) =>
      Buffer.concat([
        request(streamId, "/hold", { endStream: false }),
        frame(FrameType.PRIORITY, 0, streamId, Buffer.concat([uint32(streamId), Buffer.of(1)])),
      ]),
  ],
  [
    "DATA after the end",
    (streamId) => Buffer.concat([request(streamId, "/hold"), data(streamId, Buffer.alloc(300))]),
  ],
  [
    "HEADERS after the end",
    (streamId) => Buffer.concat([request(streamId, "/hold"), request(streamId, "/hold")]),
  ],
  [
    "a body shorter than its content-length",
    (streamId) =>
      Buffer.concat([
        request(streamId, "/hold", { endStream: false, extra: [literal("content-length", "5")] }),
        data(streamId, Buffer.alloc(3), { endStream: true }),
      ]),
  ],
  [
    "trailers without END_STREAM",
    (streamId) =>
      Buffer.concat([
        request(streamId, "/hold", { endStream: false }),
        frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, literal("a", "b")),
      ]),
  ],
  [
    "a header list that is too large",
    (streamId) => request(streamId, "/", { extra: [literal("a", "x".repeat(16_200))] }),
  ],
  [
    "a header with a name of upper case",
    (streamId) => request(streamId, "/", { extra: [literal("Upper", "case")] }),
  ],
  ["a header without a name", (streamId) => request(streamId, "/", { extra: [literal("", "x")] })],
  [
    "a request without a path",
    (streamId) => frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, streamId, METHOD),
  ],
];
const METHOD = requestBlock("/").subarray(0, 1);

for (const [provocation, unit] of provocations) {
  test(`streams that are to be reset for ${provocation} are charged: too_many_resets`, async () => {
    const attack: Attack = { unit: (index) => unit(id(index)), units: UNITS };
    const aftermath = await attackOn(victim, attack);
    const frames = 2 * (resets.burst / 2 + SLACK);
    assertBudget(aftermath, ErrorCode.ENHANCE_YOUR_CALM, "too_many_resets", frames);
    assert.ok(aftermath.handlers.mostAtWork <= maxConcurrentStreams);
  });
}

test("streams beyond the limit are refused, and charged once our SETTINGS are acknowledged", async () => {
  const aftermath = await attackOn(victim, {
    unit: (index) => request(id(index), "/hold"),
    units: UNITS,
  });
  const frames = maxConcurrentStreams + resets.burst / 2 + SLACK;
  assertBudget(aftermath, ErrorCode.ENHANCE_YOUR_CALM, "too_many_resets", frames);
  assert.equal(aftermath.handlers.mostAtWork, maxConcurrentStreams);
});
