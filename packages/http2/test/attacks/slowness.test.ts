import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLIENT_PREFACE, ErrorCode, Flag, FrameType, SettingId } from "../../src/constants.ts";
import type { Limits } from "../../src/index.ts";
import { callMeanwhile } from "./testkit/honest.ts";
import { attackServer, dial } from "./testkit/raw-peer.ts";
import type { RawPeer } from "./testkit/raw-peer.ts";
import { VictimServer } from "./testkit/victim.ts";
import { data, frame, settings, uint32 } from "../testkit/frames.ts";
import { request, requestBlock } from "./testkit/blocks.ts";

// Connections that are held by doing almost nothing. The times are shortened;
// what they are by default is the concern of the tests in virtual time.

const SHORT_MS = 200;
const times: Partial<Limits> = {
  prefaceMs: SHORT_MS,
  headerBlockMs: SHORT_MS,
  settingsAckMs: SHORT_MS,
  stalledSendMs: SHORT_MS,
  writeProgressMs: SHORT_MS,
  closeLingerMs: SHORT_MS,
};
/** A deadline, the wheel's tick, the linger, and a busy machine. */
const MOST_MS = 3000;

let victim: VictimServer;
before(() => {
  victim = new VictimServer();
});
after(() => victim[Symbol.asyncDispose]());

const preface = Buffer.from(CLIENT_PREFACE, "latin1");
const halfFrame = request(1, "/").subarray(0, 20);

const acknowledgement = frame(FrameType.SETTINGS, Flag.ACK, 0);

interface Slowness {
  readonly name: string;
  /** What is sent; then silence. */
  readonly parts: readonly Uint8Array[];
  /** Of the GOAWAY; undefined where the victim leaves without an answer. */
  readonly code: ErrorCode | undefined;
}

const slownesses: readonly Slowness[] = [
  { name: "says nothing", parts: [], code: undefined },
  { name: "sends half a preface", parts: [preface.subarray(0, 10)], code: undefined },
  {
    name: "sends the preface and no SETTINGS",
    parts: [preface],
    code: ErrorCode.SETTINGS_TIMEOUT,
  },
  {
    name: "never acknowledges our SETTINGS",
    parts: [preface, settings()],
    code: ErrorCode.SETTINGS_TIMEOUT,
  },
  {
    name: "sends half a frame",
    parts: [preface, settings(), acknowledgement, halfFrame],
    code: ErrorCode.ENHANCE_YOUR_CALM,
  },
  {
    name: "never ends a header block",
    parts: [
      preface,
      settings(),
      acknowledgement,
      frame(FrameType.HEADERS, 0, 1, requestBlock("/")),
    ],
    code: ErrorCode.ENHANCE_YOUR_CALM,
  },
];

for (const { name, parts, code } of slownesses) {
  test(`a client that ${name} is closed in time`, async () => {
    const port = await victim.listen(times);
    await using bystander = await callMeanwhile(port);
    await using peer = await dial(port, { acknowledge: false });
    const since = performance.now();
    peer.send(...parts);
    await peer.ended();
    assert.ok(performance.now() - since < MOST_MS);
    assert.equal(peer.goaway?.code, code);
    assert.match(peer.goaway?.debug ?? "", /^[a-z_]*$/);
    assert.ok((await bystander.stop()) > 0);
  });
}

test("a client that sends its frames octet by octet, but in time, is served", async () => {
  const port = await victim.listen({ ...times, headerBlockMs: 10 * SHORT_MS, prefaceMs: MOST_MS });
  await using peer = await dial(port, { acknowledge: false });
  const parts = [preface, settings(), acknowledgement, request(1, "/")];
  let ended = false;
  peer.onFrame = ({ type, flags }) => {
    ended ||= type === FrameType.HEADERS && (flags & 1) !== 0;
  };
  for (const octet of Buffer.concat(parts)) {
    peer.send(Buffer.of(octet));
    await new Promise(setImmediate);
  }
  await peer.until(() => ended, "the answer");
});

/** A stream whose response waits for a window that never opens. */
async function stalled(port: number): Promise<RawPeer> {
  const peer = await attackServer(port);
  peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 0]), request(1, "/big"));
  await peer.settle();
  return peer;
}

test("a response that no window lets through for too long ends its stream, not the connection", async () => {
  const port = await victim.listen(times);
  await using peer = await stalled(port);
  await peer.until(() => peer.resets.size > 0, "RST_STREAM");
  await peer.settle();
  assert.equal(peer.goaway, undefined);
});

test("a response that goes on octet by octet isn't taken for a stalled one", async () => {
  const port = await victim.listen(times);
  await using peer = await stalled(port);
  const until = performance.now() + 3 * SHORT_MS;
  while (performance.now() < until) {
    const frames = peer.count(FrameType.DATA);
    peer.send(frame(FrameType.WINDOW_UPDATE, 0, 1, uint32(2000)));
    await peer.until(() => peer.count(FrameType.DATA) > frames, "more DATA");
    await new Promise((resolve) => setTimeout(resolve, SHORT_MS / 4));
  }
  assert.equal(peer.resets.size, 0);
});

test("a connection that has sent a request's headers and nothing more holds no memory worth speaking of", async () => {
  const port = await victim.listen();
  const warm = await attackServer(port);
  await warm.settle();
  const idle = await victim.measure();
  const peers = await Promise.all(Array.from({ length: 200 }, () => attackServer(port)));
  for (const peer of peers) {
    peer.send(request(1, "/hold", { endStream: false }), data(1, Buffer.alloc(10)));
  }
  await Promise.all(peers.map((peer) => peer.settle()));
  const each = ((await victim.measure()).liveBytes - idle.liveBytes) / peers.length;
  assert.ok(each < 32_768, `${Math.round(each)} octets for each connection`);
  for (const peer of [warm, ...peers]) await peer[Symbol.asyncDispose]();
});
