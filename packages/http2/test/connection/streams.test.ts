import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { preencode } from "../../src/index.ts";
import { data, headers, rstStream, windowUpdate } from "../testkit/frames.ts";
import { client, requestFields, responseFields, server } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";

const request = (id: number): Uint8Array => headers(id, requestFields, { endStream: true });
const started = (peer: Scripted): number[] =>
  peer.events().flatMap((event) => (event.on === "request" ? [event.id] : []));
const ends = (peer: Scripted): unknown[] =>
  peer.events().flatMap((event) => (event.on === "streamClosed" ? [[event.id, event.by]] : []));

// Slots (CVE-2023-44487)

test("a slot is free when the stream has ended and its handler has released it", () => {
  const peer = server({ release: false, limits: { maxConcurrentStreams: 2 } });
  peer.send(headers(1, requestFields), headers(3, requestFields));
  peer.send(rstStream(1, ErrorCode.CANCEL), headers(5, requestFields));
  assert.deepEqual(started(peer), [1, 3], "the handler of 1 is still at work");
  assert.equal(peer.stats().streamsWaiting, 1);
  peer.stream(1).release();
  assert.deepEqual(started(peer), [5]);
  peer.stream(3).release();
  peer.send(headers(7, requestFields));
  assert.deepEqual(peer.sentOnly("RST_STREAM"), [
    { type: "RST_STREAM", id: 7, code: ErrorCode.REFUSED_STREAM },
  ]);
});

test("no more handlers are at work than the limit, whatever the peer resets", () => {
  let atWork = 0;
  let most = 0;
  const peer = server({
    release: false,
    limits: {
      maxConcurrentStreams: 10,
      resets: { burst: 1e9, perSecond: 0 },
      handlerQueueFactor: 1e9,
    },
    request: () => {
      atWork++;
      most = Math.max(most, atWork);
    },
  });
  for (let i = 0; i < 2000; i++) {
    peer.send(headers(2 * i + 1, requestFields), rstStream(2 * i + 1, ErrorCode.CANCEL));
  }
  assert.equal(most, 10);
  assert.equal(peer.stats().streamsWaiting, 0, "those that are reset don't wait");
});

test("a stream that waited gets all that came meanwhile, in order", () => {
  const peer = server({ release: false, limits: { maxConcurrentStreams: 1 } });
  peer.send(headers(1, requestFields), rstStream(1, ErrorCode.CANCEL));
  peer.send(
    headers(3, requestFields),
    data(3, "hel"),
    data(3, "lo"),
    headers(3, ["a", "b"], { endStream: true }),
  );
  peer.events();
  peer.stream(1).release();
  assert.deepEqual(peer.events(), [
    { on: "request", id: 3, fields: requestFields, end: false },
    { on: "data", id: 3, text: "hello", end: false },
    { on: "trailers", id: 3, fields: ["a", "b"], end: true },
  ]);
});

test("a stream that waited and had no body starts with its end", () => {
  const peer = server({ release: false, limits: { maxConcurrentStreams: 1 } });
  peer.send(
    headers(1, requestFields),
    rstStream(1, ErrorCode.CANCEL),
    headers(3, requestFields),
    data(3, "", { endStream: true }),
  );
  peer.events();
  peer.stream(1).release();
  assert.deepEqual(peer.events(), [{ on: "request", id: 3, fields: requestFields, end: true }]);
});

test("a thousand streams that waited and are done at once don't use up the stack", () => {
  const peer = server({
    release: false,
    limits: {
      maxConcurrentStreams: 1000,
      handlerQueueFactor: 4,
      resets: { burst: 1e6, perSecond: 0 },
    },
    request: (stream) => {
      if (stream.id <= 2000) return;
      stream.sendHeaders(responseFields, { endStream: true });
      stream.release();
    },
  });
  for (let id = 1; id <= 1999; id += 2) peer.send(request(id));
  for (let id = 1; id <= 1999; id += 2) peer.send(rstStream(id, ErrorCode.CANCEL));
  for (let id = 2001; id <= 3999; id += 2) peer.send(request(id));
  assert.equal(peer.stats().streamsWaiting, 1000);
  peer.events();
  peer.stream(1).release();
  assert.equal(started(peer).length, 1000);
  assert.equal(peer.stats().streamsWaiting, 0);
});

test("a request that is cancelled while it waits never starts", () => {
  const peer = server({ release: false, limits: { maxConcurrentStreams: 1 } });
  peer.send(request(1), rstStream(1, ErrorCode.CANCEL));
  peer.send(request(3));
  peer.send(rstStream(3, ErrorCode.CANCEL));
  peer.stream(1).release();
  assert.deepEqual(started(peer), [1]);
});

// One end

test("each way for a stream to end is told once", () => {
  const ways: Record<string, (peer: Scripted) => void> = {
    end: (peer) => peer.stream(1).sendHeaders(responseFields, { endStream: true }),
    peerReset: (peer) => void peer.send(rstStream(1, ErrorCode.CANCEL)),
    localReset: (peer) => peer.stream(1).reset(ErrorCode.CANCEL),
    connection: (peer) => peer.connection.abort(ErrorCode.INTERNAL_ERROR, "test"),
  };
  for (const [by, way] of Object.entries(ways)) {
    const peer = server();
    peer.send(request(1));
    peer.events();
    way(peer);
    peer.stream(1).reset(ErrorCode.INTERNAL_ERROR);
    peer.send(rstStream(1, ErrorCode.CANCEL));
    peer.connection.receiveEnd(peer.now);
    assert.deepEqual(ends(peer), [[1, by]]);
  }
});

test("RST_STREAM with NO_ERROR after the response leaves when all of it has", () => {
  const peer = server({ settings: [[4, 1000]] });
  peer.send(headers(1, requestFields));
  peer.stream(1).sendHeaders(responseFields);
  peer.stream(1).sendData(new Uint8Array(3000), false);
  peer.stream(1).sendTrailers(["a", "b"]);
  peer.stream(1).reset(ErrorCode.NO_ERROR);
  assert.equal(peer.sentOnly("RST_STREAM").length, 0);
  peer.send(windowUpdate(1, 2000));
  assert.deepEqual(
    peer.sent().map((seen) => seen.type),
    ["DATA", "HEADERS", "RST_STREAM"],
  );
});

test("any other reset drops what is queued", () => {
  const peer = server({ settings: [[4, 1000]] });
  peer.send(request(1));
  peer.stream(1).sendHeaders(responseFields);
  peer.stream(1).sendData(new Uint8Array(3000), true);
  peer.sent();
  peer.stream(1).reset(ErrorCode.INTERNAL_ERROR);
  peer.send(windowUpdate(1, 2000));
  assert.deepEqual(peer.sent(), [{ type: "RST_STREAM", id: 1, code: ErrorCode.INTERNAL_ERROR }]);
  assert.equal(peer.stream(1).queued, 0);
});

test("data before a reset is still delivered", () => {
  const peer = client();
  peer.open(requestFields, { endStream: true });
  peer.send(headers(1, responseFields), data(1, "all of it"), rstStream(1, ErrorCode.NO_ERROR));
  assert.deepEqual(
    peer.events().map((event) => event.on),
    ["final", "data", "streamClosed"],
  );
});

// Handlers that fail

const fail = (): never => {
  throw new Error("boom");
};

test("a handler that throws loses its stream, not the connection", () => {
  const places: Record<string, Parameters<typeof server>[0]> = {
    request: { request: fail },
    data: { data: fail },
    headers: { headers: fail },
  };
  for (const [place, reactions] of Object.entries(places)) {
    const peer = server(reactions);
    peer.send(headers(1, requestFields), data(1, "x"), headers(1, ["a", "b"], { endStream: true }));
    assert.deepEqual(peer.sentOnly("RST_STREAM"), [
      { type: "RST_STREAM", id: 1, code: ErrorCode.INTERNAL_ERROR },
    ]);
    assert.equal(peer.events().filter((event) => event.on === "threw").length, 1, place);
    assert.equal(peer.connection.closed, false);
    assert.equal(peer.connection.activeStreams, 0);
    assert.equal(peer.stats().handlerFaults, 1);
  }
});

test("a handler that throws when its stream closes is reported", () => {
  const peer = server({
    streamClosed: () => {
      throw new Error("boom");
    },
  });
  peer.send(request(1), rstStream(1, ErrorCode.CANCEL), request(3));
  assert.deepEqual(
    peer.events().map((event) => event.on),
    ["request", "streamClosed", "threw", "request"],
  );
});

test("a handler may end everything from within a call", () => {
  const peer = server({
    data: (stream) => {
      stream.reset(ErrorCode.CANCEL);
      peer.connection.abort(ErrorCode.INTERNAL_ERROR, "enough");
    },
  });
  peer.send(headers(1, requestFields), data(1, "x"), headers(3, requestFields));
  assert.deepEqual(started(peer), [1]);
  assert.equal(peer.sent().at(-1)?.text, "enough");
});

test("a stream that its handler ends before it answers with whom to tell is told all the same", () => {
  const peer = server({ request: (stream) => stream.reset(ErrorCode.CANCEL) });
  peer.send(headers(1, requestFields), data(1, "late"));
  assert.deepEqual(ends(peer), [[1, "localReset"]]);
});

// Header lists that are too large

test("a request with too large a list can be answered", () => {
  const peer = server({ takesTooLarge: true, limits: { maxHeaderFields: 10 } });
  peer.send(headers(1, [...requestFields, ...Array.from({ length: 20 }, () => ["a", "b"]).flat()]));
  peer.stream(1).sendHeaders([":status", "431"], { endStream: true });
  peer.stream(1).reset(ErrorCode.NO_ERROR);
  assert.deepEqual(peer.sent(), [
    { type: "HEADERS", id: 1, fields: [":status", "431"], end: true },
    { type: "RST_STREAM", id: 1, code: ErrorCode.NO_ERROR },
  ]);
});

// Misuse

const reason = (wanted: string): object => ({ name: "UsageError", reason: wanted });

test("what is sent in a wrong order is refused, and nothing leaves", () => {
  const peer = server();
  peer.send(headers(1, requestFields));
  peer.sent();
  const stream = peer.stream(1);
  assert.throws(() => stream.sendData(new Uint8Array(1), false), reason("headers_missing"));
  assert.throws(() => stream.sendTrailers(["a", "b"]), reason("headers_missing"));
  assert.throws(
    () => stream.sendHeaders([":status", "100"], { endStream: true }),
    reason("informational_end"),
  );
  assert.throws(() => stream.sendHeaders(["a", "b"]), reason("pseudo_header_missing"));
  assert.throws(
    () => stream.sendHeaders([":status", "200", "Upper", "x"]),
    reason("field_name_invalid"),
  );
  assert.throws(() => stream.sendHeaders(preencode(["a", "b"])), reason("wrong_block"));
  assert.deepEqual(peer.sent(), []);
  stream.sendHeaders([":status", "100"]);
  stream.sendHeaders(responseFields);
  assert.throws(() => stream.sendHeaders(responseFields), reason("headers_sent"));
  assert.throws(() => stream.sendTrailers([":status", "200"]), reason("pseudo_header_misplaced"));
  stream.sendTrailers(["a", "b"]);
  assert.throws(() => stream.sendData(new Uint8Array(1), false), reason("send_after_end"));
  assert.throws(() => stream.sendTrailers(["a", "b"]), reason("send_after_end"));
  assert.equal(peer.connection.closed, false);
  assert.throws(
    () => peer.connection.openStream(requestFields, { data: () => {}, closed: () => {} }),
    reason("not_a_client"),
  );
});

test("an informational response is followed by the final one, pre-encoded or not", () => {
  for (const early of [[":status", "103"], preencode([":status", "103"])]) {
    const peer = server();
    peer.send(request(1));
    peer.stream(1).sendHeaders(early);
    peer.stream(1).sendHeaders(preencode(responseFields), { endStream: true });
    assert.deepEqual(
      peer.sent().map(({ type }) => type),
      ["HEADERS", "HEADERS"],
    );
  }
});

test("trailers that are wrong are refused at once, though they have to wait", () => {
  const peer = server({ settings: [[4, 0]] });
  peer.send(request(1));
  peer.stream(1).sendHeaders(responseFields);
  peer.stream(1).sendData(new Uint8Array(10), false);
  assert.throws(() => peer.stream(1).sendTrailers(["Bad", "x"]), { reason: "field_name_invalid" });
  peer.stream(1).sendTrailers(["good", "x"]);
});

test("commands on a stream that the peer has ended do nothing", () => {
  const peer = client();
  const stream = peer.open();
  peer.send(rstStream(1, ErrorCode.CANCEL));
  peer.sent();
  assert.equal(stream.sendData(new Uint8Array(10), false), true);
  stream.sendTrailers(["a", "b"]);
  stream.reset(ErrorCode.CANCEL);
  stream.consume(5);
  stream.expect(1_000_000);
  stream.release();
  assert.equal(stream.closed, true);
  assert.deepEqual(peer.sent(), []);
});

test("commands outside of receive() ask for one flush", () => {
  const peer = client();
  peer.flush();
  const before = peer.recorder.woken;
  peer.open();
  peer.open();
  assert.equal(peer.recorder.woken, before + 1);
  peer.flush();
  peer.connection.ping(() => {});
  assert.equal(peer.recorder.woken, before + 2);
});
