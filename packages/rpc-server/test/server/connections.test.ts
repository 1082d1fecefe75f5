import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Duplex } from "node:stream";
import { connect } from "@privet/http2/node";
import type { SocketConnection } from "@privet/http2/node";
import type { ConnectionEnd, Limits } from "@privet/http2";
import type { Server } from "../../src/index.ts";
import { ClientCall } from "../call/testkit/pair.ts";
import { named, paths } from "../call/testkit/greeter.ts";
import { createGreeterServer } from "../testkit/serving.ts";
import type { Greeter } from "../testkit/serving.ts";
import { VirtualClock } from "../testkit/virtual-clock.ts";

/** A server in virtual time, and how its connections end. */
class Aging implements AsyncDisposable {
  readonly clock: VirtualClock = new VirtualClock();
  /** What an observer of the server is told: empty where the client was faster. */
  readonly ends: string[] = [];
  /** The first GOAWAY that each client has got: its debug data, and when. */
  readonly farewells: { readonly reason: string; readonly second: number }[] = [];
  readonly server: Server;
  readonly #connect: () => Duplex;

  constructor(limits: Partial<Limits>, greeter: Greeter = {}) {
    const { clock, ends } = this;
    this.server = createGreeterServer({
      clock,
      limits,
      greeter,
      observer: {
        connectionClosed: (_peer, reason) => void ends.push(reason),
      },
    }).server;
    const port = this.server.addInMemoryPort();
    this.#connect = () => port.connect();
  }

  /** A client of the engine's. Its own time doesn't pass. */
  async client(closed: (end: ConnectionEnd) => void = () => {}): Promise<SocketConnection> {
    await this.server.start();
    let last = false;
    const goaway = (_lastStreamId: number, _code: number, reason: string): void => {
      if (!last) this.farewells.push({ reason, second: Math.round(this.clock.now() / 1000) });
      last = true;
    };
    return connect({ socket: this.#connect(), handler: { closed, goaway } });
  }

  /** A client that says what is needed to be one, and then nothing, whatever it is sent. */
  async silentClient(): Promise<Duplex> {
    await this.server.start();
    const pipe = this.#connect();
    pipe.resume().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    pipe.write(Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 0, 0));
    // It acknowledges the server's SETTINGS, as it would otherwise be cut off for that.
    pipe.write(Uint8Array.of(0, 0, 0, 4, 1, 0, 0, 0, 0));
    await settled();
    return pipe;
  }

  /** So many seconds pass, one after the other, with all that they bring about. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.clock.advance(1000);
      await settled();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.server.stop();
    await this.pass(10);
    await stopped;
  }
}

/** What is on its way through the pipes has arrived. */
async function settled(): Promise<void> {
  for (let i = 0; i < 6; i++) await nextTurn();
}

function open({ connection }: SocketConnection): ClientCall {
  const call = new ClientCall(true);
  const pseudo = [":method", "POST", ":scheme", "http", ":authority", "memory"];
  const fields = [":path", paths.unary, "content-type", "application/grpc", "te", "trailers"];
  call.stream = connection.openStream([...pseudo, ...fields], call);
  return call.send(named("Ada")).end();
}

/** Answers when it is told to. */
function held(): { greeter: Greeter; answer: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    answer: resolve,
    greeter: { sayHello: () => promise.then(() => ({ greeting: "hello at last" })) },
  };
}

suite("the age of a connection", () => {
  test("its end says max_age, and lets the calls end that are open", async () => {
    const { greeter, answer } = held();
    await using aging = new Aging({ maxConnectionAgeMs: 60_000, ageJitter: 0 }, greeter);
    const client = await aging.client();
    const call = open(client);
    await aging.pass(59);
    assert.equal(client.connection.draining, false);
    await aging.pass(6);
    assert.equal(client.connection.draining, true, "no new calls");
    await aging.pass(3600);
    assert.equal(call.closedBy, undefined, "and all the time in the world for this one");
    answer();
    assert.equal((await call.ended).status, "0");
    await settled();
    assert.deepEqual(aging.ends, ["max_age"]);
  });

  test("calls that are open for longer than the grace after it are cut", async () => {
    const { greeter, answer } = held();
    const limits = { maxConnectionAgeMs: 60_000, maxConnectionAgeGraceMs: 30_000, ageJitter: 0 };
    await using aging = new Aging(limits, greeter);
    const call = open(await aging.client());
    await aging.pass(88);
    assert.equal(call.closedBy, undefined);
    await aging.pass(10);
    assert.notEqual(call.closedBy, undefined);
    assert.equal(aging.ends.length, 1);
    answer();
  });

  test("ages differ by up to a tenth, so that clients don't all come back at once", async () => {
    await using aging = new Aging({ maxConnectionAgeMs: 600_000 });
    for (let i = 0; i < 40; i++) await aging.client();
    await aging.pass(535);
    assert.equal(aging.ends.length, 0);
    await aging.pass(135);
    assert.equal(aging.ends.length, 40);
    const seconds = aging.farewells.map(({ second }) => second);
    assert.ok(Math.max(...seconds) - Math.min(...seconds) > 20, seconds.join());
    assert.ok(aging.farewells.every(({ reason }) => reason === "max_age"));
  });
});

suite("an idle connection", () => {
  test("ends with max_idle so long after its last call, not after its first", async () => {
    await using aging = new Aging({ maxConnectionIdleMs: 60_000 });
    const client = await aging.client();
    await open(client).ended;
    await aging.pass(50);
    await open(client).ended;
    await aging.pass(55);
    assert.equal(aging.ends.length, 0);
    await aging.pass(12);
    assert.deepEqual(
      aging.farewells.map(({ reason }) => reason),
      ["max_idle"],
    );
    assert.equal(aging.ends.length, 1);
  });

  test("isn't idle while a call is open", async () => {
    const { greeter, answer } = held();
    await using aging = new Aging({ maxConnectionIdleMs: 60_000 }, greeter);
    const call = open(await aging.client());
    await aging.pass(600);
    answer();
    assert.equal((await call.ended).status, "0");
    assert.equal(aging.ends.length, 0);
  });
});

suite("keepalive", () => {
  const limits = { keepaliveTimeMs: 60_000, keepaliveTimeoutMs: 20_000 };

  test("a client that answers no PING is given up, with its calls", async () => {
    await using aging = new Aging(limits);
    const pipe = await aging.silentClient();
    await aging.pass(77);
    assert.equal(aging.ends.length, 0);
    await aging.pass(6);
    assert.deepEqual(aging.ends, ["keepalive_timeout"]);
    pipe.destroy();
  });

  test("a client that answers stays for as long as it likes", async () => {
    await using aging = new Aging(limits);
    const client = await aging.client();
    await aging.pass(600);
    assert.equal(aging.ends.length, 0);
    assert.equal((await open(client).ended).status, "0");
  });
});

suite("a client's PINGs", () => {
  test("too many of them end the connection with too_many_pings", async () => {
    await using aging = new Aging({});
    const { promise, resolve } = Promise.withResolvers<ConnectionEnd>();
    const client = await aging.client(resolve);
    for (let i = 0; i < 4; i++) {
      client.connection.ping(() => {});
      await aging.pass(60);
    }
    assert.equal((await promise).code, 11, "ENHANCE_YOUR_CALM");
    assert.deepEqual(aging.ends, ["too_many_pings"]);
  });

  test("as often as the server allows they are welcome", async () => {
    await using aging = new Aging({ minPingIntervalMs: 10_000, keepaliveWithoutCalls: true });
    const client = await aging.client();
    for (let i = 0; i < 20; i++) {
      client.connection.ping(() => {});
      await aging.pass(11);
    }
    assert.equal(aging.ends.length, 0);
  });
});

test("a client may have no more streams open than the server has said", async () => {
  const { greeter, answer } = held();
  await using aging = new Aging({ maxConcurrentStreams: 3 }, greeter);
  const client = await aging.client();
  assert.equal(client.connection.remoteSettings.maxConcurrentStreams, 3);
  const calls = [open(client), open(client), open(client)];
  await settled();
  assert.equal(client.connection.availableStreams, 0);
  answer();
  for (const call of calls) assert.equal((await call.ended).status, "0");
  await settled();
  assert.equal(client.connection.availableStreams, 3);
});
