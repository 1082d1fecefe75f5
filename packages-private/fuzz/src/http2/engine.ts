import assert from "node:assert/strict";
import { Connection } from "@privet/http2";
import type { ConnectionHandler, Role, Stream, StreamHandler } from "@privet/http2";
import type { Random } from "@privet/testkit";
import { readFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";

// The invariant: whatever octets come, the engine throws nothing, ends each
// stream and the connection exactly once, does no more work than the octets
// are worth, and does the same to each stream however they are cut.

/** What became of octets. */
export interface Outcome {
  /** What the handlers were told, a line each. */
  readonly log: readonly string[];
  readonly output: readonly Frame[];
  /** An answer had to wait for a window: when it left depends on when the driver asked. */
  readonly waited: boolean;
}

/** Calls to handlers and octets of output that one octet of input may cause. */
const CALLS_PER_OCTET = 2;
const OUTPUT_PER_OCTET = 64;
/** What is sent whatever comes: SETTINGS, requests, GOAWAY. */
const BASE_OUTPUT = 4_000;

/** Feeds `octets` to an engine, as the pieces that `cut` makes, and then ends the connection. */
function feed(role: Role, octets: Uint8Array, cut: (length: number) => number): Outcome {
  const watch = new Watch(role);
  const connection = new Connection({ role, handler: watch, now: 0 });
  const output: Uint8Array[] = [];
  if (role === "client") openCalls(connection, watch);
  const flush = (): void => {
    while (connection.outputPending) output.push(...connection.takeOutput());
    connection.written(0, 0);
  };
  flush();
  for (let at = 0; at < octets.length;) {
    const end = Math.min(octets.length, at + Math.max(1, cut(octets.length - at)));
    // Memory of its own, which the engine must not keep; and slice() of a Buffer copies nothing.
    const piece = new Uint8Array(octets.subarray(at, end));
    const taken = connection.receive(piece, 0);
    assert.ok(taken >= 0 && taken <= piece.length, `${taken} octets taken of ${piece.length}`);
    flush();
    if (taken === 0 && !connection.readable) break;
    at += taken;
    piece.fill(0xee);
  }
  connection.receiveEnd(0);
  flush();
  watch.checkEnds();
  const sent = Buffer.concat(output);
  assert.ok(watch.calls <= 20 + CALLS_PER_OCTET * octets.length, `${watch.calls} calls`);
  assert.ok(sent.length <= BASE_OUTPUT + OUTPUT_PER_OCTET * octets.length, `${sent.length} octets`);
  return {
    log: watch.log,
    waited: watch.waited,
    output: readFrames(role === "client" ? sent.subarray(24) : sent),
  };
}

function openCalls(connection: Connection, watch: Watch): void {
  const fields = [":method", "POST", ":scheme", "http", ":path", "/s/m", ":authority", "localhost"];
  for (let i = 0; i < 4; i++) {
    const stream: Stream = connection.openStream(
      fields,
      watch.follow(() => stream),
      {
        endStream: i % 2 === 0,
      },
    );
    watch.opened(stream);
  }
}

/** A handler that writes down what it is told, and knows what it must not be told. */
class Watch implements ConnectionHandler {
  readonly log: string[] = [];
  calls = 0;
  waited = false;
  readonly #role: Role;
  readonly #ends = new Map<number, number>();
  readonly #faults: unknown[] = [];
  #closed = 0;

  constructor(role: Role) {
    this.#role = role;
  }

  opened(stream: Stream): void {
    this.#ends.set(stream.id, 0);
  }

  stream(stream: Stream, headers: { snapshot(): readonly string[] }, end: boolean): StreamHandler {
    this.opened(stream);
    this.#note(`request ${stream.id} ${headers.snapshot().join("|")} ${end}`);
    if (end) this.#respond(stream);
    return this.follow(() => stream);
  }

  follow(find: () => Stream): StreamHandler {
    return {
      headers: (headers, kind, end) => {
        this.#note(`${kind} ${find().id} ${headers.snapshot().join("|")} ${end}`);
        if (end && this.#role === "server") this.#respond(find());
      },
      data: (bytes, start, end, last) => {
        const stream = find();
        const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
        this.#note(`data ${stream.id} ${last ? "last" : "open"} ${text}`);
        stream.consume(end - start);
        if (last && this.#role === "server") this.#respond(stream);
      },
      closed: ({ by, code, token, processed }) => {
        const stream = find();
        this.#ends.set(stream.id, (this.#ends.get(stream.id) ?? 0) + 1);
        this.#note(`end ${stream.id} ${by} ${code} ${token} ${processed}`);
        stream.release();
      },
    };
  }

  goaway(last: number, code: number, debug: string): void {
    this.#note(`goaway ${last} ${code} ${debug}`);
  }

  threw(error: unknown): void {
    this.#faults.push(error);
  }

  closed({
    by,
    code,
    token,
    bug,
  }: {
    by: string;
    code: number;
    token: string;
    bug?: unknown;
  }): void {
    this.#closed++;
    this.#note(`closed ${by} ${code} ${token}`);
    if (bug !== undefined) this.#faults.push(bug);
  }

  outputReady(): void {}

  checkEnds(): void {
    assert.equal(this.#closed, 1, "the connection ends once");
    for (const [id, ends] of this.#ends) assert.equal(ends, 1, `stream ${id} ends once`);
    assert.deepEqual(this.#faults, [], "nothing is thrown");
  }

  #respond(stream: Stream): void {
    respond(stream);
    this.waited ||= stream.queued > 0;
  }

  #note(line: string): void {
    this.calls++;
    this.log.push(line);
  }
}

function respond(stream: Stream): void {
  stream.sendHeaders([":status", "200"]);
  stream.sendData(new Uint8Array(3), true);
}

/** The same octets whole, octet by octet or in random pieces must come to the same. */
export function checkCuts(role: Role, octets: Uint8Array, random: Random): Outcome {
  const whole = feed(role, octets, (left) => left);
  const cut = random.chance(0.2) ? () => 1 : (left: number) => random.below(left + 1);
  const other = feed(role, octets, cut);
  if (!whole.waited && !other.waited) {
    assert.deepEqual(byStream(other), byStream(whole), "cut otherwise");
  }
  return whole;
}

/**
 * The log of each stream, and of the connection. Among streams the order may
 * differ: an answer that waits for a window leaves when the driver asks next.
 */
function byStream({ log }: Outcome): Record<string, readonly string[]> {
  const logs: Record<string, string[]> = {};
  for (const line of log) {
    const [, id = "0"] = /^(?!goaway|closed)\S+ (\d+)/.exec(line) ?? [];
    const lines = (logs[id] ??= []);
    lines.push(joined(lines, line, id));
  }
  return logs;
}

/** `line`, with the data before it that it goes on with: data is one line however it was cut. */
function joined(lines: string[], line: string, id: string): string {
  const open = `data ${id} open `;
  const before = lines.at(-1);
  const [, rest] = /^data \d+ (.*)$/s.exec(line) ?? [];
  if (rest === undefined || before?.startsWith(open) !== true) return line;
  lines.pop();
  return `data ${id} ${rest.slice(0, 5)}${before.slice(open.length)}${rest.slice(5)}`;
}
