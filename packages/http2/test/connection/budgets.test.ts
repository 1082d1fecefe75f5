import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, SettingId } from "../../src/constants.ts";
import type { BudgetToken, Limits } from "../../src/index.ts";
import {
  continuation,
  data,
  frame,
  headers,
  ping,
  priority,
  rstStream,
  settings,
  windowUpdate,
} from "../testkit/frames.ts";
import { client, requestFields, responseFields, Scripted } from "../testkit/scripted.ts";
import type { ScriptedOptions } from "../testkit/scripted.ts";

/** One budget: what the peer does again and again, and how often it may. */
interface Row {
  readonly token: BudgetToken;
  readonly says: string;
  readonly role?: "client";
  readonly options?: ScriptedOptions;
  readonly limits?: Partial<Limits>;
  readonly given?: (peer: Scripted) => void;
  /** The `i`th time; each is a turn of its own. */
  readonly send: (i: number, peer: Scripted) => readonly Uint8Array[];
  /** So many times are fine, and one more is not. */
  readonly allowed: number;
}

const id = (i: number): number => 2 * i + 1;
const never = { burst: 1_000_000, perSecond: 0 };
const opened = (peer: Scripted): void => void peer.send(headers(1, requestFields));
const small = { burst: 10, perSecond: 0 };

const rows: readonly Row[] = [
  {
    token: "too_many_resets",
    says: "resets in the turn of their request",
    send: (i) => [headers(id(i), requestFields), rstStream(id(i), ErrorCode.CANCEL)],
    allowed: 1000,
  },
  {
    token: "too_many_resets",
    says: "malformed requests, each of which costs two",
    send: (i) => [headers(id(i), ["a", "b"])],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "WINDOW_UPDATE of 0 on streams (MadeYouReset)",
    send: (i) => [headers(id(i), requestFields), windowUpdate(id(i), 0)],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "windows that overflow (MadeYouReset)",
    send: (i) => [headers(id(i), requestFields), windowUpdate(id(i), 0x7fff_ffff)],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "PRIORITY of a wrong size (MadeYouReset)",
    send: (i) => [headers(id(i), requestFields), frame(2, 0, id(i), new Uint8Array(4))],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "dependencies of a stream on itself (MadeYouReset)",
    send: (i) => [headers(id(i), requestFields), priority(id(i), id(i))],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "DATA after END_STREAM (MadeYouReset)",
    send: (i) => [headers(id(i), requestFields, { endStream: true }), data(id(i), "x")],
    allowed: 500,
  },
  {
    token: "too_many_resets",
    says: "streams above the limit that is known",
    limits: { maxConcurrentStreams: 1 },
    given: opened,
    send: (i) => [headers(id(i + 1), requestFields)],
    allowed: 500,
  },
  {
    token: "too_many_early_resets",
    says: "streams that wait for handlers whose streams were reset",
    options: { release: false },
    limits: { maxConcurrentStreams: 8, handlerQueueFactor: 0.5, resets: never },
    given: (peer) => {
      // Eight handlers are at work for streams that are gone.
      for (let i = 0; i < 8; i++) {
        peer.send(headers(id(i), requestFields), rstStream(id(i), ErrorCode.CANCEL));
      }
    },
    send: (i) => [headers(id(i + 8), requestFields)],
    allowed: 4,
  },
  {
    token: "too_many_empty_frames",
    says: "empty DATA",
    given: opened,
    send: () => [data(1, "")],
    allowed: 100,
  },
  {
    token: "too_many_empty_frames",
    says: "DATA of padding alone",
    given: opened,
    send: () => [data(1, "", { padding: 100 })],
    allowed: 100,
  },
  {
    token: "too_many_small_data",
    says: "short DATA on a stream that we have reset",
    limits: { smallData: small },
    given: (peer) => {
      opened(peer);
      peer.stream(1).reset(ErrorCode.CANCEL);
    },
    send: () => [data(1, "x")],
    // The first are free: an answer that crossed the reset.
    allowed: 64 + 10,
  },
  {
    token: "too_many_glitches",
    says: "frames of unknown types",
    send: () => [frame(0xfa, 0, 0)],
    allowed: 1000,
  },
  {
    token: "too_many_glitches",
    says: "answers to PINGs that nobody sent",
    send: () => [ping("whatever", true)],
    allowed: 1000,
  },
  {
    token: "too_many_glitches",
    says: "SETTINGS that change nothing",
    send: () => [settings()],
    allowed: 1000,
  },
  {
    token: "too_many_glitches",
    says: "resets of streams that have ended, beyond one for each",
    given: (peer) => {
      peer.send(headers(1, requestFields, { endStream: true }));
      peer.stream(1).sendHeaders(responseFields, { endStream: true });
    },
    send: () => [rstStream(1, ErrorCode.CANCEL)],
    allowed: 1001,
  },
  {
    token: "too_many_glitches",
    says: "more DATA on a stream that we have reset than its window was",
    limits: { initialStreamWindow: 65_535, glitches: small },
    given: (peer) => {
      opened(peer);
      peer.stream(1).reset(ErrorCode.CANCEL);
      peer.send(data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_383));
    },
    send: () => [data(1, 1000)],
    allowed: 10,
  },
  {
    token: "too_many_settings",
    says: "SETTINGS that change a value",
    send: (i) => [settings([SettingId.INITIAL_WINDOW_SIZE, 1000 + (i % 2)])],
    allowed: 20,
  },
  {
    token: "too_many_pings",
    says: "PINGs of a server",
    role: "client",
    send: () => [ping()],
    allowed: 100,
  },
  {
    token: "too_many_window_updates",
    says: "WINDOW_UPDATE of the connection",
    send: () => [windowUpdate(0, 1)],
    allowed: 100,
  },
  {
    token: "too_many_window_updates",
    says: "WINDOW_UPDATE of a stream, ten for it and the base",
    given: opened,
    send: () => [windowUpdate(1, 1)],
    allowed: 110,
  },
  {
    token: "too_many_priorities",
    says: "PRIORITY, a hundred for each stream and one share more",
    given: opened,
    send: (i) => [priority(id(i), 0)],
    allowed: 200,
  },
  {
    token: "too_many_continuations",
    says: "CONTINUATION frames of one block, even empty ones",
    given: (peer) => void peer.send(headers(1, requestFields, { endHeaders: false })),
    send: () => [continuation(1, new Uint8Array(0), false)],
    allowed: 8,
  },
  {
    token: "too_many_informational",
    says: "informational responses",
    role: "client",
    given: (peer) => void peer.open(),
    send: () => [headers(1, [":status", "103"])],
    allowed: 8,
  },
];

function under(row: Row, observe: boolean): Scripted {
  const peer = new Scripted(row.role ?? "server", {
    ...row.options,
    limits: { settingsAckMs: Infinity, ...row.limits },
    observe,
  });
  // All happens at one time: no bucket refills.
  row.given?.(peer);
  return peer;
}

/** Each time is a turn, in which no time passes that would refill a bucket by one. */
function repeat(row: Row, peer: Scripted, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    peer.send(...row.send(i, peer));
    peer.now -= 1 - 1e-9;
    peer.connection.written(0, peer.now);
  }
}

for (const row of rows) {
  test(`${row.token}: ${row.says}`, () => {
    const peer = under(row, false);
    repeat(row, peer, 0, row.allowed);
    assert.equal(peer.connection.closed, false, "within the budget");
    assert.equal(peer.stats().trips[row.token], 0);
    peer.sent();
    repeat(row, peer, row.allowed, row.allowed + 1);
    const goaway = peer.sent().at(-1);
    assert.equal(goaway?.type, "GOAWAY");
    assert.equal(goaway?.code, ErrorCode.ENHANCE_YOUR_CALM);
    assert.equal(goaway?.text, row.token);
    assert.equal(peer.stats().trips[row.token], 1);
  });

  test(`${row.token}, observed: ${row.says}`, () => {
    const peer = under(row, true);
    repeat(row, peer, 0, row.allowed + 3);
    assert.equal(peer.connection.closed, false);
    assert.equal(peer.stats().trips[row.token], 3);
  });
}

test("too_many_settings: more than 32 entries in one frame", () => {
  const entry = [0x99, 1] as const;
  const peer = client();
  peer.send(settings(...Array.from({ length: 32 }, () => entry)));
  assert.equal(peer.connection.closed, false);
  peer.send(settings(...Array.from({ length: 33 }, () => entry)));
  assert.equal(peer.sent().at(-1)?.text, "too_many_settings");
});

const manyFields = (count: number): string[] => [
  ...requestFields,
  ...Array.from({ length: count }, () => ["name", "x".repeat(64)]).flat(),
];

test("header_list_way_too_large: a block of more than four times the limit", () => {
  const limits = { maxHeaderListSize: 1000 };
  const peer = new Scripted("server", { limits });
  peer.send(headers(1, manyFields(30)));
  assert.deepEqual(peer.sentOnly("RST_STREAM"), [
    { type: "RST_STREAM", id: 1, code: ErrorCode.ENHANCE_YOUR_CALM },
  ]);
  assert.equal(peer.connection.closed, false);
  peer.send(headers(3, manyFields(50)));
  assert.equal(peer.sent().at(-1)?.text, "header_list_way_too_large");
  assert.equal(peer.stats().trips.header_list_way_too_large, 1);
});

test("a block with more octets than any list could have is not collected", () => {
  const peer = new Scripted("server", { limits: { maxHeaderListSize: 1000 }, observe: true });
  peer.send(headers(1, new Uint8Array(16_384), { endHeaders: false }));
  peer.send(continuation(1, new Uint8Array(2001), false));
  assert.equal(peer.sent().at(-1)?.text, "too_many_continuations");
});

test("nothing more is read while 100 answers wait for the socket, and all is read after", () => {
  const peer = new Scripted("client", { limits: { pings: never } });
  peer.unsent = 10;
  peer.flush();
  const flood = Array.from({ length: 300 }, () => ping());
  assert.equal(peer.receive(...flood), 100 * 17);
  assert.equal(peer.connection.readable, false);
  assert.equal(peer.receive(...flood), 0);
  peer.unsent = 0;
  peer.flush();
  assert.equal(peer.connection.readable, true);
  assert.equal(peer.receive(...flood.slice(0, 50)), 50 * 17);
});

test("too_many_control_frames: 1,000 answers wait, where reading doesn't pause", () => {
  const peer = new Scripted("client", {
    limits: { pings: never, controlQueuePause: Infinity, framesPerTurn: Infinity },
  });
  peer.unsent = 10;
  peer.flush();
  peer.receive(...Array.from({ length: 1000 }, () => ping()));
  assert.equal(peer.connection.closed, false);
  peer.receive(ping());
  assert.equal(peer.connection.closed, true);
  assert.equal(peer.stats().trips.too_many_control_frames, 1);
});

test("a turn ends after 1,000 frames or 256 new streams, and the next takes the rest", () => {
  const peer = new Scripted("server", { limits: { maxConcurrentStreams: 1000 } });
  const frames = Array.from({ length: 1500 }, () => frame(0xfa, 0, 0));
  assert.equal(peer.receive(...frames.slice(0, 999)), 999 * 9);
  assert.equal(peer.receive(...frames.slice(0, 500)), 9);
  const requests = Array.from({ length: 300 }, (_, i) => headers(id(i), requestFields));
  const size = requests[0]?.length ?? 0;
  assert.equal(peer.receive(...requests), 256 * size);
  assert.equal(peer.receive(...requests.slice(256)), 44 * size);
  assert.equal(peer.connection.activeStreams, 300);
});

test("buckets refill with time, and finished streams give back", () => {
  const peer = new Scripted("server", { limits: { resets: { burst: 10, perSecond: 1 } } });
  let next = 0;
  const rapid = (): void => {
    peer.send(headers(id(next), requestFields), rstStream(id(next), ErrorCode.CANCEL));
    next++;
  };
  for (let i = 0; i < 10; i++) rapid();
  peer.advance(5000);
  for (let i = 0; i < 5; i++) rapid();
  for (let i = 0; i < 5; i++) {
    peer.send(headers(id(next), requestFields, { endStream: true }));
    peer.stream(id(next)).sendHeaders(responseFields, { endStream: true });
    next++;
    rapid();
  }
  assert.equal(peer.connection.closed, false);
  rapid();
  assert.equal(peer.connection.closed, true);
});

test("a stream whose header list is beyond the connection's memory is refused", () => {
  const peer = new Scripted("server", { limits: { connectionMemory: 10_000 } });
  const large = headers(1, [...requestFields, "large", "x".repeat(6000)]);
  peer.send(large);
  peer.send(headers(3, [...requestFields, "large", "x".repeat(6000)]));
  assert.deepEqual(peer.sentOnly("RST_STREAM"), [
    { type: "RST_STREAM", id: 3, code: ErrorCode.REFUSED_STREAM },
  ]);
  peer.stream(1).reset(ErrorCode.CANCEL);
  peer.send(headers(5, [...requestFields, "large", "x".repeat(6000)]));
  assert.equal(peer.recorder.streams.has(5), true, "memory is free again");
});
