import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, SettingId } from "../../src/constants.ts";
import { Deadline, Deadlines } from "../../src/connection/deadlines.ts";
import {
  data,
  frame,
  headers,
  preface,
  settings,
  settingsAck,
  windowUpdate,
} from "../testkit/frames.ts";
import { client, requestFields, responseFields, server } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";

/** The end of a connection that has one, by code and token. */
function end(peer: Scripted): readonly [number, string] | undefined {
  for (const event of peer.events()) if (event.on === "closed") return [event.code, event.token];
  return undefined;
}

/** Nothing ends until `ms` have passed, and then the connection does. */
function endsAfter(peer: Scripted, ms: number, code: number, token: string): void {
  peer.advance(ms - 1);
  assert.equal(end(peer), undefined);
  peer.advance(1);
  assert.deepEqual(end(peer), [code, token]);
}

test("the preface and the first SETTINGS are due after 10 s", () => {
  endsAfter(server({ handshake: false }), 10_000, ErrorCode.SETTINGS_TIMEOUT, "preface_timeout");
  endsAfter(
    client({ handshake: false, limits: { settingsAckMs: Infinity } }),
    10_000,
    ErrorCode.SETTINGS_TIMEOUT,
    "preface_timeout",
  );
  const half = server({ handshake: false });
  half.send(preface);
  half.advance(9998);
  assert.equal(end(half), undefined);
  half.advance(1);
  assert.deepEqual(end(half), [ErrorCode.SETTINGS_TIMEOUT, "preface_timeout"]);
});

test("our SETTINGS are to be acknowledged after 10 s", () => {
  const peer = server({ handshake: false });
  peer.send(preface, settings());
  endsAfter(peer, 9999, ErrorCode.SETTINGS_TIMEOUT, "settings_ack_timeout");
  const prompt = server();
  prompt.advance(60_000);
  assert.equal(end(prompt), undefined);
});

test("a header block is due 5 s after it has begun, whatever keeps coming", () => {
  const peer = server();
  peer.send(headers(1, requestFields, { endHeaders: false }));
  for (let i = 0; i < 4; i++) peer.advance(1000).send(frame(0x9, 0, 1, Uint8Array.of()));
  peer.advance(990);
  assert.equal(end(peer), undefined);
  peer.advance(10);
  assert.deepEqual(end(peer), [ErrorCode.ENHANCE_YOUR_CALM, "header_block_timeout"]);
});

test("a frame other than DATA is due 5 s after it has begun", () => {
  const peer = server();
  peer.send(headers(1, requestFields).subarray(0, 4));
  endsAfter(peer, 4999, ErrorCode.ENHANCE_YOUR_CALM, "header_block_timeout");
  const slow = server();
  slow.send(headers(1, requestFields), data(1, 1000).subarray(0, 100));
  slow.advance(60_000);
  assert.equal(end(slow), undefined, "DATA may be slow");
});

test("a socket that takes nothing for 30 s ends the connection, one that takes a little doesn't", () => {
  const peer = server();
  peer.send(headers(1, requestFields));
  peer.stream(1).sendHeaders(responseFields);
  peer.unsent = 1000;
  peer.flush();
  peer.advance(29_000);
  peer.unsent = 999;
  peer.connection.written(999, peer.now);
  endsAfter(peer, 30_000, ErrorCode.ENHANCE_YOUR_CALM, "write_stalled");
});

test("a stream whose data waits for the peer's window for five minutes is reset", () => {
  const peer = server({ settings: [[SettingId.INITIAL_WINDOW_SIZE, 100]] });
  for (const id of [1, 3]) {
    peer.send(headers(id, requestFields, { endStream: true }));
    peer.stream(id).sendHeaders(responseFields);
    peer.stream(id).sendData(new Uint8Array(1_000_000), true);
  }
  peer.sent();
  for (let i = 0; i < 8; i++) peer.advance(50_000).send(windowUpdate(3, 2000));
  assert.deepEqual(peer.sentOnly("RST_STREAM"), [
    { type: "RST_STREAM", id: 1, code: ErrorCode.CANCEL },
  ]);
  const closed = peer.events().find((event) => event.on === "streamClosed");
  assert.equal(closed?.on === "streamClosed" && closed.token, "send_stalled");
  assert.equal(peer.connection.closed, false);
});

test("under memory pressure, stalled streams have 15 s", () => {
  const peer = server({ settings: [[SettingId.INITIAL_WINDOW_SIZE, 0]] });
  peer.connection.setMemoryPressure(true);
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.stream(1).sendHeaders(responseFields);
  peer.stream(1).sendData(new Uint8Array(1000), true);
  peer.advance(14_999);
  assert.deepEqual(peer.sentOnly("RST_STREAM"), []);
  peer.advance(5000);
  assert.equal(peer.sentOnly("RST_STREAM").length, 1);
});

test("a server drains a connection that was idle for an hour", () => {
  const peer = server();
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.sent();
  peer.advance(3_600_000);
  assert.deepEqual(peer.sentOnly("GOAWAY"), [], "it has a stream");
  peer.stream(1).sendHeaders(responseFields, { endStream: true });
  peer.sent();
  peer.advance(3_600_000 - 1);
  assert.deepEqual(peer.sentOnly("GOAWAY"), []);
  peer.advance(1);
  assert.equal(peer.sentOnly("GOAWAY")[0]?.text, "max_idle");
});

test("a connection's age varies by the jitter, and its streams have some grace", () => {
  const limits = { maxConnectionAgeMs: 100_000, maxConnectionAgeGraceMs: 30_000 };
  for (const [random, age] of [
    [0, 90_000],
    [0.5, 100_000],
    [0.999_999, 110_000],
  ] as const) {
    const peer = server({ limits, random: () => random });
    peer.send(headers(1, requestFields));
    peer.sent();
    peer.advance(age - 10);
    assert.deepEqual(peer.sentOnly("GOAWAY"), []);
    peer.advance(10);
    assert.equal(peer.sentOnly("GOAWAY")[0]?.text, "max_age");
    peer.advance(29_000);
    assert.equal(peer.connection.closed, false);
    peer.advance(1001);
    assert.deepEqual(end(peer), [ErrorCode.NO_ERROR, "max_age"]);
  }
});

test("a connection without anything to wait for has no deadline", () => {
  const peer = client({ handshake: false });
  peer.send(settings(), settingsAck());
  assert.equal(peer.connection.nextDeadline(), Infinity);
});

test("what a command arms counts from the next time that is told", () => {
  const deadlines = new Deadlines(0);
  deadlines.arm(Deadline.IDLE, 10);
  deadlines.settle();
  // An hour without a call, then a command.
  deadlines.arm(Deadline.KEEPALIVE, 50);
  deadlines.advance(3_600_000);
  assert.equal(deadlines.takeExpired(Deadline.IDLE), true);
  assert.equal(deadlines.takeExpired(Deadline.KEEPALIVE), false);
  assert.equal(deadlines.next, 3_600_050);
  deadlines.settle();
  deadlines.advance(3_600_020);
  assert.equal(deadlines.next, 3_600_050, "only once");
});
