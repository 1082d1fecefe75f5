import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingId } from "../../src/constants.ts";
import { concat, headers, ping, preface, settings, settingsAck } from "../testkit/frames.ts";
import { client, requestFields, Scripted, server } from "../testkit/scripted.ts";

test("a server says nothing before it has seen the client's preface", () => {
  const peer = server({ handshake: false });
  assert.deepEqual(peer.sent(), []);
  peer.send(preface.subarray(0, 20));
  assert.deepEqual(peer.sent(), []);
  peer.send(preface.subarray(20));
  assert.deepEqual(peer.sent(), [
    {
      type: "SETTINGS",
      values: {
        [SettingId.MAX_CONCURRENT_STREAMS]: 250,
        [SettingId.INITIAL_WINDOW_SIZE]: 262_144,
        [SettingId.MAX_HEADER_LIST_SIZE]: 16_384,
        [SettingId.NO_RFC7540_PRIORITIES]: 1,
      },
    },
    { type: "WINDOW_UPDATE", id: 0, increment: 1_048_576 - 65_535 },
  ]);
});

test("a client speaks first, and switches push off", () => {
  const [first, second] = client({ handshake: false }).sent();
  assert.deepEqual(first?.values, {
    [SettingId.ENABLE_PUSH]: 0,
    [SettingId.INITIAL_WINDOW_SIZE]: 262_144,
    [SettingId.MAX_HEADER_LIST_SIZE]: 16_384,
    [SettingId.NO_RFC7540_PRIORITIES]: 1,
  });
  assert.equal(second?.type, "WINDOW_UPDATE");
});

test("limits other than the initial values are advertised", () => {
  const limits = { maxFrameSize: 65_536, headerTableSize: 0, maxConcurrentStreams: 7 };
  const peer = server({ handshake: false, limits });
  peer.send(preface);
  const values = peer.sent()[0]?.values ?? {};
  assert.equal(values[SettingId.MAX_FRAME_SIZE], 65_536);
  assert.equal(values[SettingId.HEADER_TABLE_SIZE], 0);
  assert.equal(values[SettingId.MAX_CONCURRENT_STREAMS], 7);
});

test("each SETTINGS is acknowledged, and the handler sees what is in force", () => {
  const peer = server();
  peer.send(
    settings([SettingId.MAX_HEADER_LIST_SIZE, 100]),
    settings([SettingId.MAX_FRAME_SIZE, 20_000]),
  );
  assert.deepEqual(peer.sent(), [
    { type: "SETTINGS", ack: true },
    { type: "SETTINGS", ack: true },
  ]);
  const { maxHeaderListSize, maxFrameSize } = peer.connection.remoteSettings;
  assert.deepEqual(
    { maxHeaderListSize, maxFrameSize },
    { maxHeaderListSize: 100, maxFrameSize: 20_000 },
  );
  assert.equal(peer.events().filter((event) => event.on === "settings").length, 2);
});

test("of several values for one setting, the last is in force", () => {
  const peer = client();
  peer.send(settings([SettingId.MAX_CONCURRENT_STREAMS, 3], [SettingId.MAX_CONCURRENT_STREAMS, 5]));
  assert.equal(peer.connection.availableStreams, 5);
});

test("the encoder says first that its table shrank: the smallest size, then the final one", () => {
  const peer = client();
  peer.send(settings([SettingId.HEADER_TABLE_SIZE, 0], [SettingId.HEADER_TABLE_SIZE, 4096]));
  const before = peer.connection.stats().bytesSent;
  peer.connection.openStream(requestFields, { data: () => {}, closed: () => {} });
  const output = peer.connection.takeOutput();
  const bytes = [...concat(...output)];
  // After the acknowledgement, which has left: size update to 0, then to 4,096.
  assert.deepEqual(bytes.slice(9, 13), [0x20, 0x3f, 0xe1, 0x1f]);
  assert.ok(peer.connection.stats().bytesSent > before);
});

test("a peer that uses more of the table than our acknowledged setting breaks the connection", () => {
  const peer = server({ limits: { headerTableSize: 0 }, handshake: false });
  peer.send(preface, settings(), headers(1, requestFields, { endStream: true }));
  assert.equal(
    peer.events().filter((event) => event.on === "request").length,
    1,
    "not yet in force",
  );
  peer.send(settingsAck(), headers(3, requestFields, { endStream: true }));
  assert.deepEqual(peer.sent().at(-1)?.text, "table_size_update_missing");
});

test("a client assumes 100 streams until the server's SETTINGS have come", () => {
  const peer = client({ handshake: false });
  assert.equal(peer.connection.availableStreams, 100);
  peer.send(settings());
  assert.equal(peer.connection.availableStreams, Infinity);
});

test("a client opens as many streams as the server allows, and is told when one is free again", () => {
  const peer = client({ settings: [[SettingId.MAX_CONCURRENT_STREAMS, 2]] });
  peer.open(requestFields, { endStream: true });
  peer.open(requestFields, { endStream: true });
  assert.equal(peer.connection.availableStreams, 0);
  assert.throws(() => peer.open(), { name: "UsageError", reason: "no_stream_available" });
  peer.events();
  peer.send(headers(1, [":status", "200"], { endStream: true }));
  assert.deepEqual(peer.events().at(-1), { on: "available", count: 1 });
});

test("a server that lowers its limit below what is open gets no more streams until they end", () => {
  const peer = client({ settings: [[SettingId.MAX_CONCURRENT_STREAMS, 3]] });
  peer.open(requestFields, { endStream: true });
  peer.open(requestFields, { endStream: true });
  peer.send(settings([SettingId.MAX_CONCURRENT_STREAMS, 1]));
  assert.equal(peer.connection.availableStreams, 0);
  peer.send(headers(1, [":status", "200"], { endStream: true }));
  assert.equal(peer.connection.availableStreams, 0);
  peer.events();
  peer.send(headers(3, [":status", "200"], { endStream: true }));
  assert.equal(peer.connection.availableStreams, 1);
  assert.deepEqual(peer.events().at(-1), { on: "available", count: 1 });
});

const byOctet = (octets: Uint8Array): Uint8Array[] =>
  Array.from(octets, (octet) => Uint8Array.of(octet));

test("a preface that is cut at every octet is recognised", () => {
  const peer = new Scripted("server", { cut: byOctet });
  peer.send(ping("cut cut!"));
  assert.deepEqual(peer.sent(), [{ type: "PING", ack: true, text: "cut cut!" }]);
});

test("a server that keeps silent about wrong prefaces sends nothing at all", () => {
  const peer = server({ handshake: false, invalidPreface: "silence" });
  peer.send(Uint8Array.from("GET / HTTP/1.1\r\n", (c) => c.charCodeAt(0)));
  assert.deepEqual(peer.sent(), []);
  assert.deepEqual(peer.events(), [
    { on: "closed", by: "local", code: 1, token: "preface_invalid" },
  ]);
});
