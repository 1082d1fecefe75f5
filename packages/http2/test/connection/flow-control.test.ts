import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, SettingId } from "../../src/constants.ts";
import { data, headers, rstStream, settings, windowUpdate } from "../testkit/frames.ts";
import type { Seen } from "../testkit/frames.ts";
import { Pair } from "../testkit/pair.ts";
import { client, requestFields, responseFields, server } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";

const sizes = (peer: Scripted): (number | undefined)[] =>
  peer.sentOnly("DATA").map((seen) => seen.size ?? seen.text?.length);
const updates = (peer: Scripted): Seen[] => peer.sentOnly("WINDOW_UPDATE");

/** A server with a stream whose response has begun. */
function responding(initialWindow: number): Scripted {
  const peer = server({ settings: [[SettingId.INITIAL_WINDOW_SIZE, initialWindow]] });
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.stream(1).sendHeaders(responseFields);
  peer.sent();
  peer.events();
  return peer;
}

// What we send

test("no more DATA is sent than the stream's window allows, and the rest as it grows", () => {
  const peer = responding(10_000);
  peer.stream(1).sendData(new Uint8Array(25_000), true);
  assert.deepEqual(sizes(peer), [10_000]);
  peer.send(windowUpdate(1, 5000));
  assert.deepEqual(sizes(peer), [5000]);
  peer.send(windowUpdate(1, 20_000));
  assert.deepEqual(sizes(peer), [10_000]);
});

test("no more DATA is sent than the connection's window allows", () => {
  const peer = responding(1_000_000);
  peer.stream(1).sendData(new Uint8Array(100_000), true);
  assert.deepEqual(sizes(peer), [16_384, 16_384, 16_384, 16_383]);
  peer.send(windowUpdate(0, 50_000));
  assert.deepEqual(sizes(peer), [16_384, 16_384, 1697]);
});

test("a window of one octet is used after a round trip, not at once", () => {
  const peer = responding(1);
  peer.stream(1).sendData(new Uint8Array(100), true);
  assert.deepEqual(sizes(peer), []);
  peer.advance(20);
  assert.deepEqual(sizes(peer), [1]);
});

test("increments of one octet don't get a frame each", () => {
  const peer = responding(0);
  peer.stream(1).sendData(new Uint8Array(50_000), true);
  for (let i = 0; i < 100; i++) peer.send(windowUpdate(1, 1));
  assert.ok(sizes(peer).length <= 1 + 100 / 20);
});

test("what is left of a message is sent, however short, when the window holds it", () => {
  const peer = responding(100);
  peer.stream(1).sendData(new Uint8Array(100), true);
  assert.deepEqual(sizes(peer), [100]);
});

test("a lower initial window makes open windows negative, and nothing is sent until they are positive", () => {
  const peer = responding(10_000);
  peer.stream(1).sendData(new Uint8Array(30_000), true);
  assert.deepEqual(sizes(peer), [10_000]);
  peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 4000]), windowUpdate(1, 6000));
  assert.deepEqual(sizes(peer), []);
  peer.advance(100);
  assert.deepEqual(sizes(peer), [], "the window is 0, not small");
  peer.send(windowUpdate(1, 2000));
  assert.deepEqual(sizes(peer), [2000]);
});

test("a higher initial window lets all open streams go on", () => {
  const peer = server({ settings: [[SettingId.INITIAL_WINDOW_SIZE, 0]] });
  for (const id of [1, 3, 5]) {
    peer.send(headers(id, requestFields, { endStream: true }));
    peer.stream(id).sendHeaders(responseFields);
    peer.stream(id).sendData(new Uint8Array(2000), true);
  }
  assert.deepEqual(sizes(peer), []);
  peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 2000]));
  assert.deepEqual(sizes(peer), [2000, 2000, 2000]);
});

test("the initial window of SETTINGS doesn't change the connection's", () => {
  const peer = responding(1_000_000);
  peer.send(settings([SettingId.INITIAL_WINDOW_SIZE, 2_000_000]));
  peer.stream(1).sendData(new Uint8Array(70_000), true);
  assert.equal(
    sizes(peer).reduce<number>((sum, size) => sum + (size ?? 0), 0),
    65_535,
  );
});

test("an empty DATA frame with END_STREAM needs no window", () => {
  const peer = responding(0);
  peer.stream(1).sendData(new Uint8Array(0), true);
  assert.deepEqual(peer.sent(), [{ type: "DATA", id: 1, text: "", end: true }]);
});

test("trailers wait behind their stream's data", () => {
  const peer = responding(5000);
  peer.stream(1).sendData(new Uint8Array(8000), false);
  peer.stream(1).sendTrailers(["a", "b"]);
  assert.deepEqual(peer.sent(), [{ type: "DATA", id: 1, size: 5000 }]);
  peer.send(windowUpdate(1, 10_000));
  assert.deepEqual(peer.sent(), [
    { type: "DATA", id: 1, size: 3000 },
    { type: "HEADERS", id: 1, fields: ["a", "b"], end: true },
  ]);
});

test("streams take turns of 16 KiB, and control frames go ahead of them", () => {
  const peer = server({ settings: [[SettingId.INITIAL_WINDOW_SIZE, 100_000]] });
  for (const id of [1, 3]) peer.send(headers(id, requestFields, { endStream: true }));
  peer.sent();
  for (const id of [1, 3]) {
    peer.stream(id).sendHeaders(responseFields);
    peer.stream(id).sendData(new Uint8Array(32_000), true);
  }
  peer.connection.ping(() => {});
  assert.deepEqual(
    peer.sent().map(({ type, id, size }) => `${type} ${id ?? ""} ${size ?? ""}`.trim()),
    [
      "HEADERS 1",
      "HEADERS 3",
      "PING",
      "DATA 1 16384",
      "DATA 3 16384",
      "DATA 1 15616",
      "DATA 3 15616",
    ],
  );
});

test("small writes that had to wait leave in one frame", () => {
  const peer = responding(0);
  for (let i = 0; i < 50; i++) peer.stream(1).sendData(new Uint8Array(20), false);
  peer.send(windowUpdate(1, 10_000));
  assert.deepEqual(sizes(peer), [1000]);
});

// Back-pressure

test("a producer is stopped at 64 KiB queued, and told when half of that is free", () => {
  const peer = responding(0);
  const stream = peer.stream(1);
  assert.equal(stream.sendData(new Uint8Array(60_000), false), true);
  assert.equal(stream.sendData(new Uint8Array(10_000), false), false);
  assert.equal(stream.queued, 70_000);
  peer.send(windowUpdate(1, 30_000), windowUpdate(0, 1_000_000));
  assert.deepEqual(peer.events(), []);
  peer.send(windowUpdate(1, 10_000));
  assert.deepEqual(peer.events(), [{ on: "writable", id: 1, credit: 65_536 - 30_000 }]);
});

test("a producer is stopped while the socket holds a mebibyte", () => {
  const peer = responding(1_000_000);
  peer.send(windowUpdate(0, 10_000_000));
  peer.unsent = 1_048_576;
  peer.flush();
  assert.equal(peer.stream(1).sendData(new Uint8Array(100), false), false);
  assert.deepEqual(sizes(peer), [], "nothing more goes to the socket either");
  peer.unsent = 0;
  peer.connection.written(0, peer.now);
  assert.equal(sizes(peer).length, 1);
  assert.equal(peer.events().filter((event) => event.on === "writable").length, 1);
});

test("a stream that ended is not told that it may write", () => {
  const peer = responding(0);
  peer.stream(1).sendData(new Uint8Array(70_000), false);
  peer.send(rstStream(1, ErrorCode.CANCEL), windowUpdate(0, 100_000));
  assert.deepEqual(
    peer.events().map((event) => event.on),
    ["streamClosed"],
  );
});

// What we receive

test("credit goes back when a quarter of the window is consumed, stream and connection apart", () => {
  const peer = server({
    consume: false,
    limits: { initialStreamWindow: 100_000, initialConnectionWindow: 200_000 },
  });
  peer.send(headers(1, requestFields), data(1, 16_000), data(1, 16_000));
  peer.sent();
  peer.stream(1).consume(24_999);
  assert.deepEqual(updates(peer), []);
  peer.stream(1).consume(1);
  assert.deepEqual(updates(peer), [{ type: "WINDOW_UPDATE", id: 1, increment: 25_000 }]);
  peer.send(data(1, 16_000), data(1, 16_000));
  peer.stream(1).consume(24_999);
  assert.deepEqual(updates(peer), []);
  peer.stream(1).consume(1);
  assert.deepEqual(updates(peer), [
    { type: "WINDOW_UPDATE", id: 1, increment: 25_000 },
    { type: "WINDOW_UPDATE", id: 0, increment: 50_000 },
  ]);
});

test("padding is given back without anybody consuming it", () => {
  const limits = { initialStreamWindow: 65_535, initialConnectionWindow: 65_535 };
  const peer = server({ consume: false, limits });
  peer.send(headers(1, requestFields));
  peer.sent();
  for (let i = 0; i < 64; i++) peer.send(data(1, "x", { padding: 255 }));
  const total = updates(peer).filter((seen) => seen.id === 1);
  assert.equal(total.length, 1);
  assert.equal(total[0]?.increment, 64 * 256);
});

/** 65,535 octets. */
const fill = (id: number): Uint8Array[] => [
  data(id, 16_384),
  data(id, 16_384),
  data(id, 16_384),
  data(id, 16_383),
];

test("DATA beyond the stream's window ends the stream, and beyond the connection's the connection", () => {
  const limits = { initialStreamWindow: 65_535, initialConnectionWindow: 100_000 };
  const peer = server({ consume: false, limits });
  peer.send(headers(1, requestFields), ...fill(1), data(1, 1));
  assert.deepEqual(peer.sentOnly("RST_STREAM"), [
    { type: "RST_STREAM", id: 1, code: ErrorCode.FLOW_CONTROL_ERROR },
  ]);
  peer.send(headers(3, requestFields), ...fill(3), headers(5, requestFields), ...fill(5));
  assert.equal(peer.sent().at(-1)?.text, "connection_window_exceeded");
});

test("the credit of a stream that is reset goes back to the connection", () => {
  const limits = { initialStreamWindow: 65_535, initialConnectionWindow: 65_535 };
  const peer = server({ consume: false, limits });
  peer.send(headers(1, requestFields), data(1, 16_384), data(1, 16_384));
  peer.sent();
  peer.stream(1).reset(ErrorCode.CANCEL);
  assert.deepEqual(updates(peer), [{ type: "WINDOW_UPDATE", id: 0, increment: 32_768 }]);
  peer.send(data(1, 1000), data(1, 16_384));
  assert.deepEqual(
    updates(peer),
    [{ type: "WINDOW_UPDATE", id: 0, increment: 17_384 }],
    "late data too",
  );
});

test("what a released handler doesn't take goes back to the connection", () => {
  const limits = { initialStreamWindow: 65_535, initialConnectionWindow: 65_535 };
  const peer = server({ consume: false, limits });
  peer.send(headers(1, requestFields), data(1, 10_000));
  peer.stream(1).release();
  peer.sent();
  peer.send(data(1, 10_000));
  assert.deepEqual(updates(peer), [{ type: "WINDOW_UPDATE", id: 0, increment: 20_000 }]);
});

test("what was received of a response that has ended is given back as it is consumed", () => {
  const limits = { initialStreamWindow: 65_535, initialConnectionWindow: 65_535 };
  const peer = client({ consume: false, release: false, limits });
  const stream = peer.open(requestFields, { endStream: true });
  peer.send(headers(1, responseFields), data(1, 16_384), data(1, 16_384, { endStream: true }));
  assert.deepEqual(updates(peer), []);
  stream.consume(20_000);
  assert.deepEqual(updates(peer), [{ type: "WINDOW_UPDATE", id: 0, increment: 20_000 }]);
  assert.throws(() => stream.consume(20_000), { reason: "consumed_too_much" });
});

test("a large message that is expected gets its window at once, and only once", () => {
  const peer = server({ consume: false, limits: { initialStreamWindow: 65_535 } });
  peer.send(headers(1, requestFields), data(1, 5));
  peer.sent();
  peer.stream(1).consume(5);
  peer.stream(1).expect(1_000_000);
  assert.deepEqual(updates(peer), [
    { type: "WINDOW_UPDATE", id: 1, increment: 1_000_000 - 65_530 },
  ]);
  peer.stream(1).expect(1_000_000);
  assert.deepEqual(updates(peer), []);
});

test("consuming more than was received is our caller's mistake", () => {
  const peer = server({ consume: false });
  peer.send(headers(1, requestFields), data(1, 100));
  const stream = peer.stream(1);
  assert.throws(() => stream.consume(101), { name: "UsageError", reason: "consumed_too_much" });
  assert.throws(() => stream.consume(-1), { reason: "consumed_too_much" });
  assert.throws(() => stream.consume(NaN), { reason: "consumed_too_much" });
});

// Windows by themselves

test("windows grow with the bandwidth-delay product, up to their limit, and a PING goes with the update", () => {
  const pair = new Pair({ latencyMs: 50, server: { texts: false } });
  pair.settle();
  const stream = pair.client.connection.openStream(requestFields, {
    data: () => {},
    closed: () => {},
  });
  for (let i = 0; i < 400; i++) stream.sendData(new Uint8Array(65_536), i === 399);
  pair.settle();
  const stats = pair.server.connection.stats();
  assert.equal(stats.bytesReceived > 400 * 65_536, true);
  assert.equal(stats.streamReceiveWindow, 4_194_304);
  assert.equal(stats.connectionReceiveWindow, 4_194_304);
  assert.ok(pair.client.connection.stats().pingsReceived >= 4);
  assert.equal(pair.server.connection.closed, false);
});

test("windows stay where they are when they aren't what slows the peer down", () => {
  const pair = new Pair({ latencyMs: 1, server: { texts: false } });
  pair.settle();
  const stream = pair.client.connection.openStream(requestFields, {
    data: () => {},
    closed: () => {},
  });
  for (let i = 0; i < 300; i++) {
    stream.sendData(new Uint8Array(16_384), false);
    pair.settle();
  }
  assert.equal(pair.server.connection.stats().streamReceiveWindow, 262_144);
  assert.ok(pair.client.connection.stats().pingsReceived >= 1, "it was measured");
});
