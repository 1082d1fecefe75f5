import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@privet/testkit";
import type { Random } from "@privet/testkit";
import { ErrorCode } from "../src/index.ts";
import type { Limits, Stream, StreamEnd, StreamHandler } from "../src/index.ts";
import { Pair } from "./testkit/pair.ts";
import type { End } from "./testkit/pair.ts";
import { requestFields, responseFields } from "./testkit/scripted.ts";

// Random operations on both ends of a connection, against the simplest model
// there is: what was sent on a stream is what must arrive.

const TRAILERS = ["x-trailer", "1"];

/** The octet at `position` of what is sent on stream `id` in one direction. */
function octetAt(id: number, position: number, salt: number): number {
  return (id * 31 + position * 7 + (position >>> 8) + salt) & 0xff;
}

/** One side's view of a stream: what it sent, and what it got. */
class Half {
  readonly id: number;
  readonly stream: Stream;
  readonly salt: number;
  sent = 0;
  ended = false;
  /** Stopped by `sendData()`, until `writable`. */
  stopped = false;
  received = 0;
  unconsumed = 0;
  receivedEnd = false;
  ends: StreamEnd[] = [];
  headersSent: boolean;

  constructor(stream: Stream, client: boolean) {
    this.stream = stream;
    this.id = stream.id;
    this.salt = client ? 0 : 97;
    this.headersSent = client;
  }
}

/** Writes down what comes, on the half that is there when it does. */
function record(find: () => Half): StreamHandler {
  return {
    headers: (_, kind, end) => {
      if (kind === "trailers" || end) find().receivedEnd = true;
    },
    data: (bytes, start, end, endStream) => {
      const half = find();
      assert.equal(half.ends.length, 0, "data after the end");
      assert.ok(!half.receivedEnd, "data after END_STREAM");
      for (let i = start; i < end; i++) {
        const expected = octetAt(half.id, half.received++, half.salt === 0 ? 97 : 0);
        assert.equal(bytes[i], expected, `octet ${half.received - 1} of stream ${half.id}`);
      }
      half.unconsumed += end - start;
      half.receivedEnd = endStream;
    },
    writable: (credit) => {
      const half = find();
      assert.ok(credit > 0 && half.stopped);
      half.stopped = false;
    },
    closed: (end) => {
      const half = find();
      half.ends.push(end);
      half.stream.release();
    },
  };
}

class Side {
  readonly halves = new Map<number, Half>();
  readonly end: () => End;

  constructor(end: () => End) {
    this.end = end;
  }

  open(): Half[] {
    return [...this.halves.values()].filter((half) => half.ends.length === 0);
  }
}

/** Two ends, and every operation that an application has. */
class Model {
  readonly random: Random;
  readonly pair: Pair;
  readonly client: Side = new Side(() => this.pair.client);
  readonly server: Side = new Side(() => this.pair.server);
  resets = 0;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.random = random;
    this.pair = new Pair({
      latencyMs: random.below(30),
      cut: function* pieces(octets) {
        for (let at = 0; at < octets.length;) {
          const end = at + 1 + random.below(random.chance(0.1) ? 5 : 20_000);
          yield octets.subarray(at, end);
          at = end;
        }
      },
      client: { limits: limitsOf(random) },
      server: { limits: limitsOf(random) },
    });
    this.pair.server.recorder.stream = (stream, _, endStream) => {
      const half = new Half(stream, false);
      half.receivedEnd = endStream;
      this.server.halves.set(stream.id, half);
      return record(() => half);
    };
    this.pair.settle();
  }

  /** One random operation, or some of the network's work. */
  step(): void {
    const { random } = this;
    const side = random.chance(0.5) ? this.client : this.server;
    const half = random.pick([...side.open(), undefined]);
    if (random.chance(0.3)) this.pair.step();
    else if (random.chance(0.05)) this.pair.advance(random.below(100));
    else if (half === undefined) this.#open();
    else if (random.chance(0.5)) this.#consume(half);
    else if (random.chance(0.03)) this.#reset(half);
    else this.#send(half);
    this.check();
  }

  #open(): void {
    const { connection } = this.pair.client;
    if (connection.availableStreams === 0 || this.client.open().length > 20) return;
    const endStream = this.random.chance(0.2);
    const handler = record(() => half);
    const half: Half = new Half(connection.openStream(requestFields, handler, { endStream }), true);
    half.ended = endStream;
    this.client.halves.set(half.id, half);
  }

  #send(half: Half): void {
    const { random } = this;
    if (half.ended || half.stopped || half.ends.length > 0) return;
    if (!half.headersSent) {
      half.headersSent = true;
      half.ended = random.chance(0.1);
      half.stream.sendHeaders(responseFields, { endStream: half.ended });
      return;
    }
    if (random.chance(0.1)) {
      half.ended = true;
      half.stream.sendTrailers(TRAILERS);
      return;
    }
    const size = random.below(random.chance(0.2) ? 100_000 : 500);
    const octets = Uint8Array.from({ length: size }, (_, i) =>
      octetAt(half.id, half.sent + i, half.salt),
    );
    half.sent += size;
    half.ended = random.chance(0.2);
    half.stopped = !half.stream.sendData(octets, half.ended);
  }

  #consume(half: Half): void {
    const octets = this.random.below(half.unconsumed + 1);
    half.unconsumed -= octets;
    half.stream.consume(octets);
  }

  #reset(half: Half): void {
    this.resets++;
    half.ended = true;
    half.stream.reset(ErrorCode.CANCEL);
  }

  /** What must be true after each step. */
  check(): void {
    for (const { connection } of [this.pair.client, this.pair.server]) {
      assert.equal(connection.closed, false, "nobody broke a rule");
      assert.equal(connection.stats().handlerFaults, 0);
    }
    for (const [id, client] of this.client.halves) {
      const server = this.server.halves.get(id);
      assert.ok(client.ends.length <= 1 && (server?.ends.length ?? 0) <= 1, "one end each");
      assert.ok((server?.received ?? 0) <= client.sent, "no octet comes from nowhere");
      assert.ok(client.received <= (server?.sent ?? 0), "no octet comes from nowhere");
    }
  }

  /** Ends all that is open, reads all that was sent, and lets the network rest. */
  finish(): void {
    for (let round = 0; round < 10_000; round++) {
      const open = [...this.client.open(), ...this.server.open()];
      if (open.length === 0) break;
      for (const half of open) {
        half.stream.consume(half.unconsumed);
        half.unconsumed = 0;
        if (half.ended || half.stopped || half.ends.length > 0) continue;
        half.ended = true;
        if (half.headersSent) half.stream.sendData(new Uint8Array(0), true);
        else half.stream.sendHeaders(responseFields, { endStream: true });
        half.headersSent = true;
      }
      this.pair.advance(50);
      this.check();
    }
    assert.deepEqual([...this.client.open(), ...this.server.open()], [], "every stream has ended");
    for (const half of [...this.client.halves.values(), ...this.server.halves.values()]) {
      half.stream.consume(half.unconsumed);
      half.unconsumed = 0;
    }
    this.pair.settle();
  }

  /** At rest, with everything consumed. */
  checkRest(): void {
    for (const [id, client] of this.client.halves) {
      const server = this.server.halves.get(id);
      const [clientEnd] = client.ends;
      assert.ok(clientEnd !== undefined);
      if (clientEnd.by !== "end" || server?.ends[0]?.by !== "end") continue;
      assert.equal(server.received, client.sent, `stream ${id}, to the server`);
      assert.equal(client.received, server.sent, `stream ${id}, to the client`);
      assert.ok(client.receivedEnd && server.receivedEnd);
    }
    for (const end of [this.pair.client, this.pair.server]) {
      assert.equal(end.connection.activeStreams, 0);
      assert.equal(end.connection.outputPending, false);
    }
  }
}

/** Small windows and queues, so that everything runs into them. */
function limitsOf(random: Random): Partial<Limits> {
  return {
    initialStreamWindow: random.pick([1_000, 5_000, 65_535, 262_144]),
    initialConnectionWindow: random.pick([65_535, 100_000, 1_048_576]),
    maxConcurrentStreams: random.pick([1, 3, 250]),
    streamSendQueue: random.pick([1_000, 65_536]),
    connectionSendHighWater: random.pick([20_000, 1_048_576]),
    // The model cancels without measure.
    resets: { burst: 1e9, perSecond: 1e9 },
  };
}

/** Both windows of both ends are whole when all that came was consumed. */
function assertWindowsAddUp({ pair }: Model): void {
  for (const [end, peer] of [
    [pair.client, pair.server],
    [pair.server, pair.client],
  ] as const) {
    const ours = end.connection.stats().connectionReceiveWindow;
    assert.ok(ours >= end.connection.limits.initialConnectionWindow, "credit was lost");
    assert.ok(peer.connection.stats().framesReceived > 0);
  }
}

const SEEDS = Number(process.env["PRIVET_MODEL_SEEDS"] ?? 40);
const STEPS = 1_500;

test(`no octet is lost or doubled, and each stream ends once, in ${SEEDS} random histories`, () => {
  let cancelled = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      const model = new Model(seed);
      for (let step = 0; step < STEPS; step++) model.step();
      model.finish();
      model.checkRest();
      assertWindowsAddUp(model);
      cancelled += model.resets;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  assert.ok(cancelled > 0, "nothing was ever cancelled");
});
