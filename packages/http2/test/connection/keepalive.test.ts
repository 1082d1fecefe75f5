import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { headers, ping, settings } from "../testkit/frames.ts";
import { client, requestFields, responseFields, server } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";

const pings = (peer: Scripted): number =>
  peer.sentOnly("PING").filter((seen) => seen.ack === undefined).length;
const endsWith = (peer: Scripted): string | undefined =>
  peer.events().flatMap((event) => (event.on === "closed" ? [event.token] : []))[0];

// Ours

test("a server asks a silent client after two hours, and gives it up 20 s later", () => {
  const peer = server({ limits: { maxConnectionIdleMs: Infinity } });
  peer.advance(7_200_000);
  assert.equal(pings(peer), 1);
  peer.advance(19_998);
  assert.equal(peer.connection.closed, false);
  peer.advance(2);
  assert.equal(endsWith(peer), "keepalive_timeout");
});

test("any octet keeps a connection alive", () => {
  const peer = server({ limits: { keepaliveTimeMs: 1000, maxConnectionIdleMs: Infinity } });
  peer.advance(900).send(settings());
  peer.advance(900).send(settings());
  assert.equal(pings(peer), 0);
  peer.advance(1000);
  assert.equal(pings(peer), 1);
  peer.advance(19_000).send(settings().subarray(0, 3));
  peer.advance(1500);
  assert.equal(peer.connection.closed, false);
});

test("a keepalive that has to wait on isn't due again at the same moment, whatever the clock's fractions", () => {
  const limits = { keepaliveTimeMs: 10_000, maxConnectionIdleMs: Infinity };
  for (let heardAt = 1001.477379; heardAt < 1_000_000; heardAt = heardAt * 1.0137 + 0.1) {
    const { connection } = server({ limits });
    // What came last lets the time begin anew when the deadline comes.
    connection.receive(settings(), heardAt);
    for (let times = 0; times < 3 && !connection.closed; times++) {
      const due = connection.nextDeadline();
      connection.expire(due);
      assert.ok(connection.nextDeadline() > due, `${due} comes again`);
    }
  }
});

test("a client's keepalive is off by default", () => {
  const peer = client();
  peer.open();
  peer.sent();
  peer.advance(30 * 86_400_000);
  assert.equal(pings(peer), 0);
  assert.equal(peer.connection.closed, false);
});

test("a client asks only while it has streams, unless it was told otherwise", () => {
  const peer = client({ limits: { keepaliveTimeMs: 10_000 } });
  peer.advance(100_000);
  assert.equal(pings(peer), 0);
  peer.open();
  peer.advance(1);
  assert.equal(pings(peer), 1, "it has been silent for long enough");
  const always = client({ limits: { keepaliveTimeMs: 10_000, keepaliveWithoutCalls: true } });
  always.advance(10_000);
  assert.equal(pings(always), 1);
});

test("ping() measures the round trip", () => {
  const peer = client();
  const seen: number[] = [];
  peer.connection.ping((rttMs) => seen.push(rttMs));
  peer.flush();
  peer.advance(35);
  peer.send(...peer.pings());
  assert.deepEqual(seen, [35]);
  assert.equal(peer.stats().rttMs, 35);
});

// Theirs, gRFC A8

test("a client that pings too often while nothing is sent to it is told so", () => {
  const peer = server();
  peer.send(headers(1, requestFields));
  for (let i = 0; i < 3; i++) peer.advance(1000).send(ping());
  assert.equal(peer.connection.closed, false, "the first is free, then there are two strikes");
  peer.advance(1000).send(ping());
  assert.deepEqual(peer.sent().at(-1), {
    type: "GOAWAY",
    last: 1,
    code: ErrorCode.ENHANCE_YOUR_CALM,
    text: "too_many_pings",
  });
});

test("PINGs every five minutes are fine with a call, and every two hours without one", () => {
  const peer = server({ limits: { maxConnectionIdleMs: Infinity } });
  peer.send(headers(1, requestFields));
  for (let i = 0; i < 10; i++) peer.advance(300_000).send(ping());
  assert.equal(peer.connection.closed, false);
  peer.stream(1).reset(ErrorCode.CANCEL);
  for (let i = 0; i < 3; i++) peer.advance(300_000).send(ping());
  assert.equal(endsWith(peer), "too_many_pings");
});

test("a server can allow PINGs without calls", () => {
  const limits = { keepaliveWithoutCalls: true, maxConnectionIdleMs: Infinity };
  const peer = server({ limits });
  for (let i = 0; i < 10; i++) peer.advance(300_000).send(ping());
  assert.equal(peer.connection.closed, false);
});

test("each HEADERS or DATA that a server sends is worth a PING", () => {
  const peer = server();
  peer.send(headers(1, requestFields));
  peer.stream(1).sendHeaders(responseFields);
  for (let i = 0; i < 500; i++) {
    peer.stream(1).sendData(new Uint8Array(10), false);
    peer.stream(1).sendData(new Uint8Array(10), false);
    peer.send(ping(), ping());
  }
  assert.equal(peer.connection.closed, false);
  assert.equal(peer.stats().trips.too_many_pings, 0);
});
