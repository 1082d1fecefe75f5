import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { preencode } from "@privet/http2";
import type { Limits, StreamHandler } from "@privet/http2";
import { accept, connect, listen, memoryPipe } from "../../src/node/index.ts";
import type { Listener, SocketConnection, SocketHandler } from "../../src/node/index.ts";
import { threadWheel } from "../../src/node/timing-wheel.ts";
import { data, ping, preface, settings, settingsAck, windowUpdate } from "../testkit/frames.ts";
import { echoHandler } from "./testkit/echo.ts";
import { exchange } from "./testkit/exchange.ts";
import { rawRequest } from "./testkit/raw-request.ts";

/** What a client says first; it knows already what our SETTINGS will be. */
const OPENING = Buffer.concat([preface, settings(), settingsAck()]);
/** Windows so wide that flow control holds nothing back. */
const WIDE = Buffer.concat([settings([4, 0x7fffffff]), windowUpdate(0, 0x7ff00000)]);

function serve(
  limits: Partial<Limits> = {},
  handler: (link: SocketConnection) => SocketHandler = () => echoHandler,
): Promise<Listener> {
  return listen({ port: 0, host: "127.0.0.1", limits, handler });
}

function portOf(listener: Listener): number {
  return (listener.address as AddressInfo).port;
}

/** A raw client that has said its preface. */
async function rawClient(listener: Listener): Promise<Socket> {
  const socket = connectPlain(portOf(listener), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(OPENING);
  return socket;
}

/** The one connection that `listener` has, once it has it. */
async function onlyConnection(listener: Listener): Promise<SocketConnection> {
  for (;;) {
    const [link] = listener.connections;
    if (link !== undefined) return link;
    await turn();
  }
}

/** The types of all frames that a socket brings until its end. */
async function frameTypes(socket: Duplex): Promise<number[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const types: number[] = [];
  for (let at = 0; at < all.length; at += 9 + all.readUIntBE(at, 3)) types.push(all[at + 3] ?? -1);
  return types;
}

const RESPONSE = preencode([":status", "200"]);

test("all answers of a turn leave in one write, those behind promises too", async () => {
  const pipe = memoryPipe();
  const handler: SocketHandler = {
    stream: (stream): StreamHandler => {
      const answer = async (): Promise<void> => {
        for (let i = 0; i < 10; i++) await Promise.resolve();
        stream.sendHeaders(RESPONSE, { endStream: true });
        stream.release();
      };
      void answer();
      return { data: () => {}, closed: () => {} };
    },
  };
  accept(pipe.server, { handler: () => handler });
  pipe.client.write(OPENING);
  await once(pipe.client, "readable");
  await turn();
  pipe.client.read();

  const chunks: Buffer[] = [];
  pipe.client.on("data", (chunk: Buffer) => chunks.push(chunk));
  pipe.client.write(Buffer.concat([1, 3, 5, 7, 9].map((id) => rawRequest(id, "/"))));
  await once(pipe.client, "data");
  // What came in a second write would be here a few turns later.
  for (let i = 0; i < 10; i++) await turn();
  assert.equal(chunks.length, 1);
  assert.equal(chunks[0]?.length, 5 * 10);
});

test("calls outside of a read leave in one write too", async (t) => {
  const pipe = memoryPipe();
  accept(pipe.server, { handler: () => echoHandler });
  const link = await connect({ socket: pipe.client });
  await turn();
  const write = t.mock.method(pipe.client, "write");
  const calls = [1, 2, 3, 4].map(() => exchange(link, { path: "/octets/1" }));
  assert.equal(write.mock.callCount(), 0);
  await turn();
  assert.equal(write.mock.callCount(), 1);
  for (const { status } of await Promise.all(calls)) assert.equal(status, 200);
  link.destroy();
});

test("a command without output doesn't silence the next one", async () => {
  const pipe = memoryPipe();
  accept(pipe.server, { handler: () => echoHandler });
  const link = await connect({ socket: pipe.client });
  let received = 0;
  const stream = link.connection.openStream(
    [":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/octets/100"],
    { data: (_bytes, start, end) => (received += end - start), closed: () => {} },
    { endStream: true },
  );
  while (!stream.closed) await turn();
  stream.consume(received);
  stream.release();
  await turn();
  assert.equal((await exchange(link, { path: "/octets/1" })).status, 200);
  link.destroy();
});

test("10 MiB go both ways unharmed, through sockets", async () => {
  await using listener = await serve();
  const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
  const body = new Uint8Array(10 * 1024 * 1024).map((_, i) => (i * 7) ^ (i >> 9));
  const [first, second] = await Promise.all([
    exchange(link, { path: "/echo", body, trailers: ["x-end", "1"] }),
    exchange(link, { path: "/echo", body }),
  ]);
  assert.equal(Buffer.compare(first.body, body), 0);
  assert.equal(first.trailers.get("x-end"), "1");
  assert.equal(Buffer.compare(second.body, body), 0);
  assert.equal(second.trailers.get("x-octets"), String(body.length));
  link.destroy();
});

test("a peer that doesn't read holds the producer back", async () => {
  await using listener = await serve({ connectionSendHighWater: 262_144 });
  const client = await rawClient(listener);
  const requests = [1, 3, 5, 7].map((id) => rawRequest(id, "/octets/100000000"));
  client.write(Buffer.concat([WIDE, ...requests]));
  const { connection, socket } = await onlyConnection(listener);
  let sent = -1;
  // Until the kernel's buffers are full too.
  while (connection.stats().bytesSent !== sent) {
    sent = connection.stats().bytesSent;
    await delay(100);
  }
  assert.ok(sent < 60_000_000, `${sent} octets`);
  assert.ok(socket.writableLength <= 2 * 262_144, `${socket.writableLength} octets`);
  client.destroy();
});

test("frames beyond framesPerTurn wait for the next turn, and other connections get theirs", async () => {
  await using listener = await serve({
    framesPerTurn: 10,
    pings: { burst: 1e6, perSecond: 0 },
    maxPingStrikes: 1e6,
  });
  const busy = await rawClient(listener);
  const { connection } = await onlyConnection(listener);
  while (connection.stats().framesReceived < 2) await turn();
  busy.resume();
  busy.write(Buffer.concat(Array.from({ length: 90 }, () => ping())));
  while (connection.stats().framesReceived === 2) await turn();
  assert.ok(connection.stats().framesReceived <= 12);
  let turns = 0;
  while (connection.stats().pingsReceived < 90) {
    turns++;
    await turn();
  }
  assert.ok(turns >= 5, `${turns} turns`);
  busy.destroy();
});

test("FIN after the last frames of a held rest is seen after them", async () => {
  await using listener = await serve({
    framesPerTurn: 5,
    pings: { burst: 1e6, perSecond: 0 },
    maxPingStrikes: 1e6,
  });
  const client = await rawClient(listener);
  const link = await onlyConnection(listener);
  client.end(Buffer.concat(Array.from({ length: 50 }, () => ping())));
  client.resume();
  const end = await link.ended;
  assert.equal(link.connection.stats().pingsReceived, 50);
  assert.equal(end.by, "transport");
});

test("the application is told of its own handlers' faults, on both sides", async () => {
  const faults: unknown[] = [];
  const pipe = memoryPipe();
  accept(pipe.server, {
    handler: () => ({
      stream: () => {
        throw new Error("server's handler");
      },
      threw: (error) => faults.push((error as Error).message),
    }),
  });
  const link = await connect({
    socket: pipe.client,
    handler: { threw: (error) => faults.push((error as Error).message) },
  });
  link.connection.openStream(
    [":method", "GET", ":scheme", "http", ":authority", "x", ":path", "/"],
    {
      data: () => {},
      closed: () => {
        throw new Error("client's handler");
      },
    },
    { endStream: true },
  );
  while (faults.length < 2) await turn();
  assert.deepEqual(faults, ["server's handler", "client's handler"]);
  link.destroy();
});

test("a connection error sends GOAWAY, then FIN, and the peer can read both", async () => {
  await using listener = await serve();
  const client = await rawClient(listener);
  // DATA on a stream that was never opened, and much more behind it.
  client.write(data(1, "x"));
  client.write(new Uint8Array(1_000_000));
  const types = await frameTypes(client);
  assert.equal(types.at(-1), 7);
});

test("after a connection error the socket is gone after closeLingerMs, whatever the peer does", async () => {
  await using listener = await serve({ closeLingerMs: 50 });
  const client = await rawClient(listener);
  client.write(data(1, "x"));
  const link = await onlyConnection(listener);
  const startedAt = performance.now();
  const flood = setInterval(() => client.write(new Uint8Array(65_536)), 1);
  const end = await link.ended;
  clearInterval(flood);
  assert.equal(end.by, "local");
  assert.ok(performance.now() - startedAt < 1000);
  const socket = link.socket as Socket;
  assert.ok(socket.destroyed);
  assert.ok(socket.bytesRead < 1_000_000, `${socket.bytesRead} octets were read after the end`);
  client.destroy();
});

test("the peer's reset ends everything once, without an unhandled error", async () => {
  const ends: string[] = [];
  await using listener = await serve({}, () => ({
    stream: () => ({ data: () => {}, closed: (end) => ends.push(`stream ${end.by}`) }),
    closed: (end) => ends.push(`connection ${end.by}`),
  }));
  const client = await rawClient(listener);
  client.write(rawRequest(1, "/", false));
  const link = await onlyConnection(listener);
  while (link.connection.activeStreams === 0) await turn();
  client.resetAndDestroy();
  await link.ended;
  assert.equal((link.socketError as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.deepEqual(ends, ["stream connection", "connection transport"]);
});

test("the peer's FIN ends the connection, and ours follows", async () => {
  await using listener = await serve();
  const client = await rawClient(listener);
  const link = await onlyConnection(listener);
  client.resume().end();
  await once(client, "close");
  assert.equal((await link.ended).by, "transport");
  assert.equal(link.socketError, undefined);
});

test("graceful ends give a slow reader the time to take the last response", async () => {
  const listener = await serve({ closeLingerMs: 20, goawayPingMs: 50 });
  const client = await rawClient(listener);
  const octets = 8_000_000;
  client.write(Buffer.concat([WIDE, rawRequest(1, `/octets/${octets}`)]));
  client.pause();
  const link = await onlyConnection(listener);
  while (link.connection.stats().bytesSent < 500_000) await turn();
  const closed = listener.close();
  await delay(150);
  let received = 0;
  for await (const chunk of client) {
    received += (chunk as Buffer).length;
    await delay(0);
  }
  assert.ok(received > octets, `${received} octets`);
  assert.equal((await link.ended).code, 0);
  await closed;
});

test("what a handler gets is a Uint8Array, of which slice() is a copy", async () => {
  const pipe = memoryPipe();
  const sliced = Promise.withResolvers<{ copy: Uint8Array; memory: ArrayBufferLike }>();
  const handler: SocketHandler = {
    stream: () => ({
      data: (bytes, start, end) =>
        sliced.resolve({ copy: bytes.slice(start, end), memory: bytes.buffer }),
      closed: () => {},
    }),
  };
  accept(pipe.server, { handler: () => handler });
  pipe.client.write(OPENING);
  pipe.client.write(rawRequest(1, "/", false));
  pipe.client.write(Buffer.from([0, 0, 5, 0, 1, 0, 0, 0, 1, ...Buffer.from("hello")]));
  const { copy, memory } = await sliced.promise;
  assert.equal(Buffer.from(copy).toString(), "hello");
  assert.notEqual(copy.buffer, memory);
  assert.equal(copy.buffer.byteLength, 5);
});

test("a peer that answers no PING is found out by keepalive", async () => {
  const pipe = memoryPipe();
  const link = accept(pipe.server, {
    handler: () => echoHandler,
    limits: { keepaliveTimeMs: 30, keepaliveTimeoutMs: 30 },
  });
  pipe.client.write(OPENING);
  const types = await frameTypes(pipe.client);
  // SETTINGS and WINDOW_UPDATE, the answer to its SETTINGS, the PING, GOAWAY.
  assert.deepEqual(types, [4, 8, 4, 6, 7]);
  pipe.client.end();
  const { by, token } = await link.ended;
  assert.deepEqual([by, token], ["local", "keepalive_timeout"]);
});

test("destroy() ends at once, and twice is once", async () => {
  await using listener = await serve();
  const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
  const call = exchange(link, { path: "/octets/100000000" });
  link.destroy();
  link.destroy();
  assert.equal((await link.ended).by, "local");
  assert.equal((await call).end.by, "connection");
});

test("an ended connection has no deadline left, and can be collected", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  await using listener = await serve();
  const before = threadWheel.size;
  const references: WeakRef<object>[] = [];
  const use = async (): Promise<void> => {
    const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
    const [served] = listener.connections;
    assert.ok(served);
    await exchange(link, { path: "/echo", body: new Uint8Array(100_000) });
    for (const one of [link, served]) {
      references.push(new WeakRef(one), new WeakRef(one.connection), new WeakRef(one.socket));
    }
    link.connection.drain("shutdown");
    await Promise.all([link.ended, served.ended]);
  };
  await use();
  await use();
  assert.equal(threadWheel.size, before);
  const deadline = performance.now() + 5000;
  while (references.some((reference) => reference.deref() !== undefined)) {
    assert.ok(performance.now() < deadline, "something still holds an ended connection");
    await delay(10);
    collect();
  }
});

test("a socket that was destroyed before it was handed in ends its connection", async () => {
  const pipe = memoryPipe();
  pipe.server.destroy();
  await once(pipe.server, "close");
  const link = accept(pipe.server, { handler: () => echoHandler });
  assert.equal((await link.ended).by, "transport");
});

/** Answers each request, and keeps, against the rules, the memory that it was lent. */
function keeper(lent: Set<ArrayBufferLike>): SocketHandler {
  return {
    stream: (stream) => ({
      data: (bytes, start, end, endStream) => {
        lent.add(bytes.buffer);
        stream.consume(end - start);
        if (endStream) stream.sendHeaders(RESPONSE, { endStream: true });
      },
      closed: () => stream.release(),
    }),
  };
}

test("the memory of a socket's large chunks is given back as soon as they are read", async () => {
  const lent = new Set<ArrayBufferLike>();
  await using listener = await serve({}, () => keeper(lent));
  const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
  const { status } = await exchange(link, { path: "/", body: new Uint8Array(100_000) });
  assert.equal(status, 200);
  assert.ok(lent.size > 0);
  for (const { byteLength } of lent) assert.ok(byteLength < 4096, `${byteLength} octets are held`);
  link.destroy();
});

test("what comes through a pipe is left alone: it may be the sender's own", async () => {
  const pipe = memoryPipe();
  accept(pipe.server, { handler: () => keeper(new Set()) });
  const link = await connect({ socket: pipe.client });
  const body = new Uint8Array(10_000).fill(7);
  const { status } = await exchange(link, { path: "/", body });
  assert.equal(status, 200);
  assert.ok(body.length === 10_000 && body.every((octet) => octet === 7));
  link.destroy();
});
