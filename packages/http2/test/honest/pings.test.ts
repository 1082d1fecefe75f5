import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../src/constants.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { attackServer } from "../attacks/testkit/raw-peer.ts";
import { ping, request, UNLIMITED, windowUpdate } from "../attacks/testkit/wire.ts";
import { VictimServer } from "../attacks/testkit/victim.ts";

// Foreign clients measure the path with PINGs and give credit generously.

test("a client that sends a PING and two WINDOW_UPDATEs for each DATA it gets is honest", async () => {
  await using server = new VictimServer();
  await using peer = await attackServer(await server.listen());
  let ended = 0;
  peer.onFrame = ({ type, flags, payload, streamId }) => {
    if (type === FrameType.HEADERS && (flags & 1) !== 0) ended += 1;
    if (type !== FrameType.DATA || payload.length === 0) return;
    peer.send(ping(), windowUpdate(0, payload.length), windowUpdate(streamId, payload.length));
  };
  const calls = extent(10, 500);
  for (let made = 0; made < calls; made++) {
    peer.send(request(made * 2 + 1, "/big"));
    await peer.until(() => ended > made, "the whole response");
  }
  assert.equal(peer.goaway, undefined);
});

test("a client that sends a PING with each of its small calls is honest", async () => {
  await using server = new VictimServer();
  await using peer = await attackServer(await server.listen());
  peer.send(UNLIMITED);
  let ended = 0;
  peer.onFrame = ({ type, flags }) => {
    if (type === FrameType.HEADERS && (flags & 1) !== 0) ended += 1;
  };
  const calls = extent(2000, 50_000);
  for (let made = 0; made < calls; made++) {
    peer.send(request(made * 2 + 1, "/"), ping(made));
    await peer.until(() => ended > made, "the response");
  }
  assert.equal(peer.goaway, undefined);
});
