import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { dataFile, seededRandom } from "@privet/testkit";
import type { Random } from "@privet/testkit";
import type { Role } from "../src/index.ts";
import {
  concat,
  continuation,
  data,
  frame,
  goaway,
  headers,
  ping,
  preface,
  priority,
  priorityUpdate,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from "./testkit/frames.ts";
import type { Seen } from "./testkit/frames.ts";
import type { Event } from "./testkit/recorder.ts";
import { requestFields, responseFields, Scripted } from "./testkit/scripted.ts";

// However the network cuts a connection's octets, the same happens.

/** What the application was told, and what the peer was told that ends something. */
interface Log {
  readonly events: readonly Event[];
  readonly ends: readonly Seen[];
}

type Cut = (octets: Uint8Array) => Iterable<Uint8Array>;

/** Feeds a whole connection to an engine, `cut` into pieces, which each have memory of their own. */
function play(role: Role, octets: Uint8Array, cut: Cut): Log {
  const scripted = new Scripted(role, {
    handshake: false,
    cut: function* copies(all) {
      for (const piece of cut(all)) yield piece.slice();
    },
    // A server answers each request as soon as it is complete.
    request: (stream, _, end) => end && answer(stream),
    data: (stream, _, end) => end && role === "server" && answer(stream),
    headers: (stream, kind) => kind === "trailers" && role === "server" && answer(stream),
  });
  if (role === "client") {
    scripted.open(requestFields, { endStream: true });
    scripted.open(requestFields).sendData(new Uint8Array(10), false);
    // Whether a request has left is not the same, whatever comes back.
    scripted.flush();
  }
  scripted.send(octets);
  const ends = scripted.sentOnly("GOAWAY", "RST_STREAM");
  return { events: scripted.events(), ends };
}

function answer(stream: Parameters<NonNullable<Scripted["recorder"]["stream"]>>[0]): void {
  stream.sendHeaders(responseFields);
  stream.sendData(new Uint8Array(5), true);
}

function* whole(octets: Uint8Array): Generator<Uint8Array> {
  yield octets;
}

function at(index: number): Cut {
  return function* halves(octets) {
    yield octets.subarray(0, index);
    yield octets.subarray(index);
  };
}

function* singly(octets: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i++) yield octets.subarray(i, i + 1);
}

function atRandom(random: Random): Cut {
  return function* pieces(octets) {
    for (let start = 0; start < octets.length;) {
      const end = start + 1 + random.below(random.chance(0.5) ? 20 : 400);
      yield octets.subarray(start, end);
      start = end;
    }
  };
}

/** Every cut in two of what is short, octet by octet, and at random. */
function assertSameHoweverCut(role: Role, octets: Uint8Array, random: Random): void {
  const expected = play(role, octets, whole);
  assert.deepEqual(play(role, octets, singly), expected, "octet by octet");
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(play(role, octets, atRandom(random)), expected, "at random");
  }
  if (octets.length > 2048) return;
  for (let index = 1; index < octets.length; index++) {
    assert.deepEqual(play(role, octets, at(index)), expected, `cut at ${index}`);
  }
}

const big = Array.from({ length: 40 }, (_, i) => [`x-${i}`, "v".repeat(i)]).flat();

/** What a client may send after its preface and SETTINGS, right or wrong. */
const requests: Readonly<Record<string, Uint8Array>> = {
  "two requests with bodies": concat(
    headers(1, requestFields),
    data(1, "hello", { padding: 3 }),
    headers(3, requestFields, { endStream: true, padding: 7 }),
    data(1, "", { endStream: true }),
  ),
  "a block in four frames, and trailers": concat(
    headers(1, requestFields, { endHeaders: false, dependency: 3 }),
    continuation(1, big, false),
    continuation(1, [], false),
    continuation(1, ["x-last", "1"], true),
    data(1, 300),
    headers(1, ["x-trailer", "t"], { endStream: true }),
  ),
  "control frames between requests": concat(
    ping(),
    headers(1, requestFields, { endStream: true }),
    settings([4, 70_000], [1, 0]),
    windowUpdate(0, 1000),
    windowUpdate(1, 1000),
    priority(5, 3),
    priorityUpdate(1),
    frame(0xfa, 0xff, 1, new Uint8Array(33)),
    headers(3, requestFields),
    rstStream(3, 8),
    headers(5, requestFields, { endStream: true }),
    goaway(0, 0, "bye"),
  ),
  "a malformed request between good ones": concat(
    headers(1, requestFields, { endStream: true }),
    headers(3, [...requestFields, "Upper", "1"], { endStream: true }),
    headers(5, requestFields, { endStream: true }),
    windowUpdate(5, 0),
  ),
  "a body that is longer than its content-length": concat(
    headers(1, [...requestFields, "content-length", "3"]),
    data(1, "four", { endStream: true }),
    headers(3, requestFields, { endStream: true }),
  ),
  "a frame between HEADERS and CONTINUATION": concat(
    headers(1, requestFields, { endHeaders: false }),
    ping(),
  ),
  "a frame that is too large": concat(headers(1, requestFields), data(1, 16_385)),
  "a PING of the wrong size": frame(6, 0, 0, new Uint8Array(7)),
  "DATA on an idle stream": data(7, "x"),
  "a block that isn't HPACK": headers(1, Uint8Array.of(0x80)),
  "padding beyond the frame": frame(0, 8, 1, Uint8Array.of(5, 1, 2)),
};

/** What a server may send after its SETTINGS. */
const responses: Readonly<Record<string, Uint8Array>> = {
  "two responses": concat(
    headers(1, [":status", "103"]),
    headers(1, responseFields),
    data(1, "hello"),
    headers(3, responseFields, { endStream: true }),
    headers(1, ["grpc-status", "0"], { endStream: true }),
  ),
  "a refused stream and a GOAWAY": concat(
    rstStream(3, 7),
    headers(1, responseFields),
    goaway(1, 0, "max_age"),
    data(1, "rest", { endStream: true }),
  ),
  "a pushed stream": frame(5, 4, 1, Uint8Array.of(0, 0, 0, 2, 0x88)),
  "a malformed response": concat(
    headers(1, [":status", "abc"], { endStream: true }),
    headers(3, responseFields, { endStream: true }),
  ),
  "DATA before HEADERS": data(1, "x"),
};

suite("the same events come of the same octets, however they are cut", () => {
  for (const [name, octets] of Object.entries(requests)) {
    test(`to a server: ${name}`, () => {
      const opening = concat(preface, settings(), settingsAck());
      assertSameHoweverCut("server", concat(opening, octets), seededRandom(1));
    });
  }
  for (const [name, octets] of Object.entries(responses)) {
    test(`to a client: ${name}`, () => {
      const opening = concat(settings(), settingsAck());
      assertSameHoweverCut("client", concat(opening, octets), seededRandom(2));
    });
  }
  test("what isn't the preface", () => {
    assertSameHoweverCut(
      "server",
      new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      seededRandom(3),
    );
  });

  const { path, skip } = dataFile("nghttp2-h2spec-corpus.ndjson.br");
  test("the 133 recorded sessions of h2spec", { skip }, () => {
    const lines = brotliDecompressSync(readFileSync(path)).toString().trimEnd().split("\n");
    const sessions = lines.map((line) => JSON.parse(line) as { name: string; hex: string });
    assert.equal(sessions.length, 133);
    for (const { hex } of sessions) {
      const octets = Uint8Array.from(Buffer.from(hex, "hex"));
      assertSameHoweverCut("server", octets, seededRandom(octets.length));
      // To a client they are nonsense, which must be the same nonsense.
      assertSameHoweverCut("client", octets.subarray(preface.length), seededRandom(octets.length));
    }
  });
});
