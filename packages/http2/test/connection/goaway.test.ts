import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { data, goaway, headers, rstStream, settings } from "../testkit/frames.ts";
import { Pair } from "../testkit/pair.ts";
import { client, requestFields, responseFields, server } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";

const MAX_ID = 0x7fff_ffff;
const NO_ERROR = ErrorCode.NO_ERROR;
const goaways = (peer: Scripted): unknown[] =>
  peer.sentOnly("GOAWAY").map(({ last, code, text }) => [last, code, text]);

const answerPing = (peer: Scripted): void => void peer.send(...peer.pings());

// A server that drains

test("a server that drains announces it, takes what was on its way, and then names the last stream", () => {
  const peer = server();
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.connection.drain("shutdown");
  assert.deepEqual(goaways(peer), [[MAX_ID, NO_ERROR, "shutdown"]]);
  peer.send(headers(3, requestFields, { endStream: true }));
  assert.equal(peer.events().filter((event) => event.on === "request").length, 2);
  answerPing(peer);
  assert.deepEqual(goaways(peer), [[3, NO_ERROR, "shutdown"]]);
  assert.equal(peer.connection.closed, false);
  for (const id of [1, 3]) peer.stream(id).sendHeaders(responseFields, { endStream: true });
  assert.equal(peer.connection.closed, true);
  assert.deepEqual(peer.events().at(-1), {
    on: "closed",
    by: "local",
    code: NO_ERROR,
    token: "shutdown",
  });
  assert.deepEqual(goaways(peer), [], "it has been said");
});

test("a server whose PING is not answered names the last stream after 5 s", () => {
  const peer = server();
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.connection.drain("max_age");
  peer.sent();
  peer.advance(4999);
  assert.deepEqual(goaways(peer), []);
  peer.advance(1);
  assert.deepEqual(goaways(peer), [[1, NO_ERROR, "max_age"]]);
});

test("streams that a client opens after the last stream was named are ignored", () => {
  const peer = server();
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.connection.drain("shutdown");
  answerPing(peer);
  peer.sent();
  peer.events();
  peer.send(headers(3, requestFields), data(3, "late", { endStream: true }));
  assert.deepEqual(peer.events(), []);
  assert.deepEqual(peer.sent(), []);
});

test("a server without streams ends as soon as its PING is answered", () => {
  const peer = server();
  peer.connection.drain("max_idle");
  assert.equal(peer.connection.closed, false);
  answerPing(peer);
  assert.equal(peer.connection.closed, true);
});

test("draining twice is draining once", () => {
  const peer = server();
  peer.connection.drain("max_age");
  peer.connection.drain("shutdown");
  assert.deepEqual(goaways(peer), [[MAX_ID, NO_ERROR, "max_age"]]);
});

test("a drained server waits for its handlers, though their streams have ended", () => {
  const peer = server({ release: false });
  peer.send(headers(1, requestFields, { endStream: true }));
  peer.connection.drain("shutdown");
  answerPing(peer);
  peer.stream(1).sendHeaders(responseFields, { endStream: true });
  assert.equal(peer.connection.closed, false);
  peer.stream(1).release();
  assert.equal(peer.connection.closed, true);
});

// A client that drains

test("a client that drains opens no more streams, and ends with its last one", () => {
  const peer = client();
  peer.open(requestFields, { endStream: true });
  peer.connection.drain("shutdown");
  assert.deepEqual(goaways(peer), [[0, NO_ERROR, "shutdown"]]);
  assert.equal(peer.connection.availableStreams, 0);
  assert.equal(peer.connection.draining, true);
  assert.throws(() => peer.open(), { reason: "no_stream_available" });
  peer.send(headers(1, responseFields, { endStream: true }));
  assert.equal(peer.connection.closed, true);
});

// A client that is told to go

test("streams above the last one of a GOAWAY were not processed, the others go on", () => {
  const peer = client();
  for (let i = 0; i < 3; i++) peer.open(requestFields, { endStream: true });
  peer.events();
  peer.send(goaway(3, NO_ERROR, "max_age"));
  assert.deepEqual(peer.events(), [
    { on: "goaway", last: 3, code: NO_ERROR, debug: "max_age" },
    { on: "streamClosed", id: 5, by: "goaway", code: NO_ERROR, processed: false, token: "max_age" },
  ]);
  assert.equal(peer.connection.availableStreams, 0);
  peer.send(headers(1, responseFields, { endStream: true }));
  assert.equal(peer.connection.closed, false);
  peer.send(headers(3, responseFields, { endStream: true }));
  assert.deepEqual(peer.events().at(-1), {
    on: "closed",
    by: "remote",
    code: NO_ERROR,
    token: "max_age",
  });
});

test("the graceful GOAWAY of 2^31-1 ends no stream", () => {
  const peer = client();
  peer.open(requestFields, { endStream: true });
  peer.send(goaway(MAX_ID, NO_ERROR));
  peer.send(goaway(1, NO_ERROR));
  assert.equal(
    peer.events().some((event) => event.on === "streamClosed"),
    false,
  );
});

test("the debug data of a GOAWAY is cut at 256 octets", () => {
  const peer = client();
  peer.open();
  peer.send(goaway(1, ErrorCode.ENHANCE_YOUR_CALM, "x".repeat(10_000)));
  const event = peer.events().find(({ on }) => on === "goaway");
  assert.equal(event?.on === "goaway" && event.debug.length, 256);
});

test("REFUSED_STREAM says that a stream was not processed, other codes don't", () => {
  const peer = client();
  peer.open();
  peer.open();
  peer.send(rstStream(1, ErrorCode.REFUSED_STREAM), rstStream(3, ErrorCode.CANCEL));
  const processed = peer.events().map((event) => event.on === "streamClosed" && event.processed);
  assert.deepEqual(processed, [false, true]);
});

// Ends without grace

test("the loss of the socket ends every stream and then the connection, once", () => {
  const peer = client();
  peer.open();
  peer.open();
  peer.sent();
  peer.connection.receiveEnd(peer.now);
  peer.connection.receiveEnd(peer.now);
  assert.deepEqual(
    peer.events().map((event) => event.on),
    ["streamClosed", "streamClosed", "closed"],
  );
});

test("a stream whose headers never left was not processed", () => {
  const peer = client();
  peer.open();
  peer.flush();
  peer.open();
  peer.connection.receiveEnd(peer.now);
  const ends = peer.events().map((event) => event.on === "streamClosed" && event.processed);
  assert.deepEqual(ends, [true, false, false]);
});

test("a lost connection that had got a GOAWAY ends with what that said", () => {
  const peer = client();
  peer.open();
  peer.send(goaway(1, ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings"));
  peer.connection.receiveEnd(peer.now);
  assert.deepEqual(peer.events().at(-1), {
    on: "closed",
    by: "remote",
    code: ErrorCode.ENHANCE_YOUR_CALM,
    token: "too_many_pings",
  });
});

test("abort sends GOAWAY and ends at once; commands after it do nothing", () => {
  const peer = server();
  peer.send(headers(1, requestFields));
  peer.sent();
  peer.connection.abort(ErrorCode.INTERNAL_ERROR, "out_of_order");
  assert.deepEqual(peer.sent(), [
    { type: "GOAWAY", last: 1, code: ErrorCode.INTERNAL_ERROR, text: "out_of_order" },
  ]);
  peer.stream(1).sendHeaders(responseFields);
  peer.stream(1).sendData(new Uint8Array(10), true);
  peer.stream(1).reset(ErrorCode.CANCEL);
  peer.connection.ping(() => {});
  peer.connection.drain("shutdown");
  peer.connection.abort(ErrorCode.CANCEL, "again");
  assert.deepEqual(peer.sent(), []);
  assert.equal(peer.connection.nextDeadline(), Infinity);
  assert.equal(peer.connection.outputPending, false);
  assert.equal(peer.connection.receive(settings(), peer.now), 9);
  assert.equal(peer.events().filter((event) => event.on === "closed").length, 1);
});

test("when the identifiers run out, the connection is drained", () => {
  const peer = client({ limits: { maxStreamId: 3 } });
  peer.open(requestFields, { endStream: true });
  assert.equal(peer.connection.draining, false);
  peer.open(requestFields, { endStream: true });
  assert.deepEqual(goaways(peer), [[0, NO_ERROR, "max_streams"]]);
  const other = server({ limits: { maxStreamId: 3 } });
  other.send(headers(3, requestFields));
  assert.deepEqual(goaways(other), []);
  other.send(headers(5, requestFields));
  assert.deepEqual(goaways(other), [[MAX_ID, NO_ERROR, "max_streams"]]);
});

test("a drain between two engines loses no stream", () => {
  const pair = new Pair({
    latencyMs: 10,
    server: { request: (stream) => stream.sendHeaders(responseFields, { endStream: true }) },
  });
  pair.settle();
  const { connection, recorder } = pair.client;
  const open = (): void => {
    const stream = connection.openStream(
      requestFields,
      recorder.follow(() => stream),
      { endStream: true },
    );
  };
  open();
  pair.server.connection.drain("shutdown");
  // They cross the GOAWAY.
  open();
  open();
  pair.settle();
  assert.throws(open, { reason: "no_stream_available" });
  const ends = recorder.events.filter((event) => event.on === "streamClosed");
  assert.deepEqual(
    ends.map((event) => event.by),
    ["end", "end", "end"],
  );
  assert.ok(pair.client.connection.closed && pair.server.connection.closed);
});
