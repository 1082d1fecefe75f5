import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FrameType } from "../../src/constants.ts";
import { defaultLimits } from "../../src/index.ts";
import { extent } from "./testkit/extent.ts";
import { callMeanwhile } from "./testkit/honest.ts";
import { attackServer } from "./testkit/raw-peer.ts";
import type { RawPeer } from "./testkit/raw-peer.ts";
import { VictimServer } from "./testkit/victim.ts";
import { data } from "../testkit/frames.ts";
import { request } from "./testkit/blocks.ts";

const limits = defaultLimits("server");

let victim: VictimServer;
before(() => {
  victim = new VictimServer();
});
after(() => victim[Symbol.asyncDispose]());

/** A stream of small messages that breaks no rule, as fast as the windows let it. */
async function upload(peer: RawPeer, octets: number): Promise<void> {
  const size = 300;
  const windows = [limits.initialConnectionWindow, limits.initialStreamWindow];
  let sent = 0;
  peer.onFrame = ({ type, payload, streamId }) => {
    if (type !== FrameType.WINDOW_UPDATE) return;
    windows[streamId] = (windows[streamId] ?? 0) + payload.readUInt32BE(0);
  };
  peer.send(request(1, "/hold", { endStream: false }));
  const message = data(1, Buffer.alloc(size));
  while (sent < octets) {
    await peer.until(() => Math.min(...windows) >= size, "credit");
    const room = Math.floor(Math.min(...windows) / size);
    const count = Math.min(room, Math.ceil((octets - sent) / size));
    windows.forEach((window, index) => (windows[index] = window - count * size));
    sent += count * size;
    peer.send(Buffer.concat(Array.from({ length: count }, () => message)));
    await new Promise(setImmediate);
  }
}

test("four connections that send small frames at full speed leave turns to a fifth", async () => {
  const port = await victim.listen();
  const peers = await Promise.all(Array.from({ length: 4 }, () => attackServer(port)));
  await using bystander = await callMeanwhile(port);
  const since = performance.now();
  await Promise.all(peers.map((peer) => upload(peer, extent(3_000_000, 50_000_000))));
  const tenths = (performance.now() - since) / 100;
  const calls = await bystander.stop();
  assert.ok(
    calls > tenths,
    `${calls} calls of the fifth in ${tenths.toFixed(1)} tenths of a second`,
  );
  for (const peer of peers) {
    await peer.settle();
    assert.equal(peer.goaway, undefined);
    await peer[Symbol.asyncDispose]();
  }
});
