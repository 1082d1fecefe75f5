import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ErrorCode, FrameType, SettingId } from "../../src/constants.ts";
import { defaultLimits } from "../../src/index.ts";
import { extent } from "./testkit/extent.ts";
import { attackOn, assertBudget, assertClosed } from "./testkit/fight.ts";
import { VictimServer } from "./testkit/victim.ts";
import { data, rstStream, settings, windowUpdate } from "../testkit/frames.ts";
import { request } from "./testkit/blocks.ts";

// DATA that is not worth its frame, and DATA that nobody takes.

const limits = defaultLimits("server");
const MIB = 1024 * 1024;

let victim: VictimServer;
before(() => {
  victim = new VictimServer();
});
after(() => victim[Symbol.asyncDispose]());

function id(index: number): number {
  return index * 2 + 1;
}

test("one octet after the other to a stream that we have reset ends with too_many_small_data", async () => {
  const aftermath = await attackOn(victim, {
    opening: async (peer) => {
      peer.send(request(1, "/hold", { endStream: false }), windowUpdate(1, 0));
      await peer.until(() => peer.resets.size > 0, "RST_STREAM");
    },
    unit: () => data(1, Buffer.of(0x78)),
    // The window that the stream had is in flight, for all that we know.
    units: limits.initialStreamWindow + extent(20_000, 500_000),
  });
  const { end } = aftermath.record;
  assert.match(end.token, /^too_many_(small_data|glitches)$/);
  const frames = limits.initialStreamWindow + limits.glitches.burst + 1000;
  assertClosed(aftermath, ErrorCode.ENHANCE_YOUR_CALM, end.token, frames);
});

test("more DATA than the window, to a handler that consumes none, is a FLOW_CONTROL_ERROR", async () => {
  const aftermath = await attackOn(victim, {
    opening: (peer) => peer.send(request(1, "/hoard", { endStream: false })),
    unit: () => data(1, Buffer.alloc(16_384)),
    units: extent(100, 400),
  });
  const { record, peer } = aftermath;
  const frames = limits.maxAutoWindow / 16_384 + limits.glitches.burst + 100;
  assert.ok(record.stats.framesReceived < frames, `${record.stats.framesReceived} frames`);
  assert.ok(
    record.end.code === ErrorCode.FLOW_CONTROL_ERROR ||
      peer.resets.has(ErrorCode.FLOW_CONTROL_ERROR),
    "neither the stream nor the connection ended with FLOW_CONTROL_ERROR",
  );
});

test("single octets to a handler that consumes none stop at the window too", async () => {
  const aftermath = await attackOn(victim, {
    opening: (peer) => peer.send(request(1, "/hoard", { endStream: false })),
    unit: () => data(1, Buffer.of(0x78)),
    units: extent(300_000, 5_000_000),
  });
  const { record, peer } = aftermath;
  assert.ok(record.end.by === "local" || peer.resets.size > 0, "the flood went on without an end");
  assert.ok(record.stats.framesReceived <= limits.maxAutoWindow + 1000);
});

test("a peer that doesn't read gets no more of 250 large responses than the connection's high-water mark", async () => {
  const aftermath = await attackOn(victim, {
    opening: (peer) => {
      peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 2 ** 31 - 1]));
      peer.socket.pause();
    },
    unit: (index) => request(id(index), "/torrent"),
    units: 250,
    reads: false,
    limits: { writeProgressMs: 700 },
  });
  const { end, stats } = aftermath.record;
  assert.equal(end.by, "local");
  assert.equal(end.token, "write_stalled");
  // What the kernel's buffers hold has been sent; they may take some megabytes.
  const most = 16 * MIB + limits.connectionSendHighWater;
  assert.ok(stats.bytesSent < most, `${stats.bytesSent} octets for a peer that reads none`);
});

test("250 responses that no window lets through hold one queue each, and no more", async () => {
  const { record, handlers } = await attackOn(victim, {
    opening: (peer) => peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 0])),
    unit: (index) => request(id(index), "/torrent"),
    units: 250,
  });
  assert.equal(handlers.mostAtWork, 250);
  assert.equal(record.stats.dataFramesSent, 0);
});

test("windows that are opened by one octet at a time don't bring forth a frame for each", async () => {
  const drips = extent(3000, 50_000);
  const aftermath = await attackOn(victim, {
    opening: async (peer) => {
      peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 0]), request(1, "/torrent"));
      await peer.settle();
    },
    unit: () => windowUpdate(1, 1),
    units: drips,
  });
  const { record, peer } = aftermath;
  const frames = peer.count(FrameType.DATA);
  assert.ok(frames < drips / 10, `${frames} DATA frames for ${drips} octets`);
  if (record.end.by === "local") {
    assertBudget(
      aftermath,
      ErrorCode.ENHANCE_YOUR_CALM,
      "too_many_window_updates",
      limits.windowUpdateBase + limits.windowUpdatePerUnit * (frames + 10) + 20,
    );
  }
});

test("an initial window that goes up and down under 250 streams ends with too_many_settings, in little time", async () => {
  const aftermath = await attackOn(victim, {
    opening: async (peer) => {
      const requests = Array.from({ length: 250 }, (_, index) =>
        request(id(index), "/hold", { endStream: false }),
      );
      peer.send(...requests);
      await peer.settle();
    },
    unit: (index) => settings([SettingId.INITIAL_WINDOW_SIZE, index % 2 === 0 ? 0 : 65_535]),
    units: extent(20_000, 100_000),
  });
  assertBudget(aftermath, ErrorCode.ENHANCE_YOUR_CALM, "too_many_settings", 330);
  assert.ok(aftermath.cpuMicros < 500_000, `${aftermath.cpuMicros} µs`);
});

test("a connection window that overflows is a FLOW_CONTROL_ERROR", async () => {
  const aftermath = await attackOn(victim, {
    unit: () => windowUpdate(0, 2 ** 31 - 1),
    units: 5,
  });
  assertClosed(aftermath, ErrorCode.FLOW_CONTROL_ERROR, aftermath.record.end.token, 10);
});

test("a stream's window that overflows ends that stream alone", async () => {
  const { record, peer } = await attackOn(victim, {
    opening: (attacker) => attacker.send(request(1, "/hold", { endStream: false })),
    unit: () => windowUpdate(1, 2 ** 31 - 1),
    units: 1,
  });
  assert.deepEqual([...peer.resets], [[ErrorCode.FLOW_CONTROL_ERROR, 1]]);
  assert.equal(record.end.by, "transport");
});

test("DATA that a reset overtook still gives its credit back", async () => {
  const size = 16_384;
  const { record } = await attackOn(victim, {
    opening: async (peer) => {
      peer.send(request(1, "/hold", { endStream: false }));
      await peer.settle();
      peer.send(rstStream(1, ErrorCode.CANCEL));
    },
    unit: (index) =>
      Buffer.concat([
        request(id(index + 1), "/hold", { endStream: false }),
        windowUpdate(id(index + 1), 0),
        data(id(index + 1), Buffer.alloc(size)),
      ]),
    // More than the connection's window, were it not given back.
    units: (2 * limits.initialConnectionWindow) / size,
    pace: 10,
  });
  assert.equal(record.end.by, "transport");
});
