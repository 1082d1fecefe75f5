import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../src/constants.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { attackServer } from "../attacks/testkit/raw-peer.ts";
import { ping, windowUpdate } from "../testkit/frames.ts";
import { request } from "../attacks/testkit/blocks.ts";
import { Call, requestHeaders } from "./testkit/calls.ts";
import { assertHonoured } from "./testkit/link.ts";
import { Pair } from "../testkit/pair.ts";
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
  let ended = 0;
  peer.onFrame = ({ type, flags }) => {
    if (type === FrameType.HEADERS && (flags & 1) !== 0) ended += 1;
  };
  const calls = extent(2000, 50_000);
  for (let made = 0; made < calls; made++) {
    peer.send(request(made * 2 + 1, "/"), ping());
    await peer.until(() => ended > made, "the response");
  }
  assert.equal(peer.goaway, undefined);
});

const MINUTE_MS = 60_000;
const HEADERS = requestHeaders("/a.Stream/Watch");

test("a proxy that pings every 30 seconds while it polls, and waits 75 seconds for each answer, is honest for hours", () => {
  const pair = new Pair({ client: { limits: { keepaliveTimeMs: 30_000 } } });
  const { client, server } = pair.settle();
  for (let poll = 0; poll < 180; poll++) {
    const { stream } = new Call(client.connection, HEADERS);
    pair.advance(1.25 * MINUTE_MS);
    server.recorder.streams.get(stream.id)?.sendHeaders([":status", "200"], { endStream: true });
    pair.settle();
  }
  assertHonoured({ client: client.connection, server: server.connection });
  assert.ok(server.connection.stats().pingsReceived > 100);
});

test("a proxy that pings every 30 seconds while a stream gets a message each minute is honest for hours", () => {
  const pair = new Pair({
    client: { limits: { keepaliveTimeMs: 30_000 } },
    server: { request: (stream) => stream.sendHeaders([":status", "200"]) },
  });
  const { client, server } = pair.settle();
  const { stream } = new Call(client.connection, HEADERS);
  pair.settle();
  for (let minute = 0; minute < 180; minute++) {
    server.recorder.streams.get(stream.id)?.sendData(new Uint8Array(10), false);
    pair.advance(MINUTE_MS);
  }
  assertHonoured({ client: client.connection, server: server.connection });
  assert.ok(server.connection.stats().pingsReceived > 100);
});
