import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { openssl, requirement, selfSigned } from "@privet/testkit";
import { accept, connect, ConnectFailure, listen, memoryPipe } from "../../src/node/index.ts";
import { threadWheel } from "../../src/node/timing-wheel.ts";
import { echoHandler, pattern } from "./testkit/echo.ts";
import { exchange } from "./testkit/exchange.ts";

const tlsTest = { skip: requirement(openssl) };
const tls = tlsTest.skip === false ? selfSigned() : { key: "", cert: "" };

/** A server that does with its sockets what the test says. */
async function serverOf(
  onSocket: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onSocket(socket);
  });
  return started(server);
}

async function started(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

test("connect() resolves with the server's SETTINGS in force", async () => {
  await using listener = await listen({
    port: 0,
    host: "127.0.0.1",
    handler: () => echoHandler,
    limits: { maxConcurrentStreams: 17 },
  });
  const { port } = listener.address as AddressInfo;
  const link = await connect({ port, host: "127.0.0.1" });
  assert.equal(link.connection.remoteSettings.maxConcurrentStreams, 17);
  assert.equal(link.connection.availableStreams, 17);
  link.destroy();
  assert.equal((await link.ended).by, "local");
});

test("the application's handler is told of settings, GOAWAY and the end", async () => {
  const told: string[] = [];
  const listener = await listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler });
  const { port } = listener.address as AddressInfo;
  const link = await connect({
    port,
    host: "127.0.0.1",
    handler: {
      settings: () => told.push("settings"),
      goaway: (_id, code, debug) => told.push(`goaway ${code} ${debug}`),
      closed: (end) => told.push(`closed ${end.code}`),
    },
  });
  await listener.close();
  await link.ended;
  assert.equal(told[0], "settings");
  assert.match(told[1] ?? "", /^goaway 0/);
  assert.equal(told.at(-1), "closed 0");
  assert.equal(told.filter((line) => line.startsWith("closed")).length, 1);
});

test("a port where nobody listens is unreachable, with the system's error as the cause", async () => {
  const server = await serverOf(() => {});
  await server[Symbol.asyncDispose]();
  await assert.rejects(connect({ port: server.port, host: "127.0.0.1" }), (error) => {
    assert.ok(error instanceof ConnectFailure);
    assert.equal(error.reason, "unreachable");
    assert.equal((error.cause as NodeJS.ErrnoException).code, "ECONNREFUSED");
    return true;
  });
});

test("a unix socket that doesn't exist is unreachable", async () => {
  await assert.rejects(connect({ path: "/nowhere/at/all" }), { reason: "unreachable" });
});

test("a server that accepts and says nothing is a timeout, and its socket is closed", async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await serverOf((socket) => {
    socket.resume().on("close", () => closed.resolve());
  });
  await assert.rejects(connect({ port: server.port, host: "127.0.0.1", timeoutMs: 50 }), {
    name: "ConnectFailure",
    reason: "timeout",
  });
  await closed.promise;
});

test("a server that closes before its SETTINGS is told as closed", async () => {
  await using server = await serverOf((socket) => socket.end());
  await assert.rejects(connect({ port: server.port, host: "127.0.0.1" }), { reason: "closed" });
});

test("a server that speaks something else is told as closed", async () => {
  await using server = await serverOf((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await assert.rejects(connect({ port: server.port, host: "127.0.0.1" }), { reason: "closed" });
});

test("an aborted signal rejects with its reason, before, during and not after", async () => {
  await using server = await serverOf(() => {});
  const place = { port: server.port, host: "127.0.0.1" };
  const reason = new Error("changed my mind");
  await assert.rejects(connect({ ...place, signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const attempt = connect({ ...place, signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await assert.rejects(attempt, reason);
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);

  await using listener = await listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler });
  const late = new AbortController();
  const { port } = listener.address as AddressInfo;
  const link = await connect({ port, host: "127.0.0.1", signal: late.signal });
  assert.equal(getEventListeners(late.signal, "abort").length, 0);
  late.abort();
  assert.equal((await exchange(link, { path: "/octets/1" })).status, 200);
  link.destroy();
});

test("no place and two places are refused", async () => {
  await assert.rejects(connect({}), TypeError);
  await assert.rejects(connect({ port: 1, path: "/x" }), TypeError);
});

test("an attempt that is over leaves no deadline behind", async () => {
  const before = threadWheel.size;
  await using server = await serverOf((socket) => socket.end());
  await assert.rejects(connect({ port: server.port, host: "127.0.0.1" }));
  await assert.rejects(connect({ path: "/nowhere" }));
  assert.equal(threadWheel.size, before);
});

test("client and server talk over a memory pipe", async () => {
  const pipe = memoryPipe();
  const server = accept(pipe.server, { handler: () => echoHandler });
  const link = await connect({ socket: pipe.client });
  const body = new Uint8Array(3_000_000).map((_, i) => i % 251);
  const response = await exchange(link, { path: "/echo", body, trailers: ["x-sum", "ok"] });
  assert.equal(Buffer.compare(response.body, body), 0);
  assert.equal(response.trailers.get("x-sum"), "ok");
  link.connection.drain("shutdown");
  assert.equal((await link.ended).code, 0);
  assert.equal((await server.ended).code, 0);
});

for (const encrypted of [false, true]) {
  const name = encrypted ? "TLS" : "TCP";
  const skip = encrypted && requirement(openssl);
  test(
    `what is too much for one turn is read in the next ones, over ${name}`,
    { skip },
    async () => {
      const secured = encrypted && { tls };
      await using listener = await listen({
        port: 0,
        host: "127.0.0.1",
        handler: () => echoHandler,
        ...secured,
      });
      const { port } = listener.address as AddressInfo;
      const link = await connect({
        port,
        host: encrypted ? "localhost" : "127.0.0.1",
        limits: { framesPerTurn: 2 },
        ...(encrypted && { tls: { ca: tls.cert } }),
      });
      const responses = await Promise.all(
        [1, 70_000, 300_000].map((octets) => exchange(link, { path: `/octets/${octets}` })),
      );
      for (const { body, trailers } of responses) {
        assert.equal(Buffer.compare(body, pattern(0, body.length)), 0);
        assert.equal(trailers.get("x-octets"), String(body.length));
      }
      link.destroy();
    },
  );
}

test("the loss of a memory pipe ends both connections", async () => {
  const pipe = memoryPipe();
  const server = accept(pipe.server, { handler: () => echoHandler });
  const link = await connect({ socket: pipe.client });
  const call = exchange(link, { path: "/echo", body: new Uint8Array(10_000_000) });
  pipe.client.destroy(new Error("cut"));
  assert.equal((await link.ended).by, "transport");
  assert.equal(link.socketError?.message, "cut");
  assert.equal((await call).end.by, "connection");
  assert.equal((await server.ended).by, "transport");
});

test("a pipe of which one end goes without a word is lost at the other, whichever goes", async () => {
  for (const gone of ["client", "server"] as const) {
    const pipe = memoryPipe();
    const server = accept(pipe.server, { handler: () => echoHandler });
    const link = await connect({ socket: pipe.client });
    pipe[gone].destroy();
    assert.equal((await link.ended).by, "transport");
    assert.equal((await server.ended).by, "transport");
  }
});

test("TLS: a server whose ALPN is not h2 is no_http2", tlsTest, async () => {
  for (const ALPNProtocols of [undefined, ["http/1.1"]]) {
    const server = createTlsServer({ ...tls, ...(ALPNProtocols && { ALPNProtocols }) });
    server.on("tlsClientError", () => {});
    await using running = await started(server);
    const attempt = connect({ port: running.port, host: "localhost", tls: { ca: tls.cert } });
    // A server with a list of its own ends the handshake with an alert.
    const reason = ALPNProtocols === undefined ? "no_http2" : "unreachable";
    await assert.rejects(attempt, { name: "ConnectFailure", reason });
  }
});

test(
  "TLS: a certificate that isn't trusted is unreachable, with the reason as the cause",
  tlsTest,
  async () => {
    await using listener = await listen({
      port: 0,
      host: "127.0.0.1",
      handler: () => echoHandler,
      tls,
    });
    const { port } = listener.address as AddressInfo;
    await assert.rejects(connect({ port, host: "localhost", tls: {} }), (error) => {
      assert.ok(error instanceof ConnectFailure);
      assert.equal(error.reason, "unreachable");
      assert.equal((error.cause as NodeJS.ErrnoException).code, "DEPTH_ZERO_SELF_SIGNED_CERT");
      return true;
    });
    assert.equal(listener.connections.size, 0);
  },
);

test("TLS: a plain server is unreachable", tlsTest, async () => {
  await using listener = await listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler });
  const { port } = listener.address as AddressInfo;
  await assert.rejects(connect({ port, host: "localhost", tls: { ca: tls.cert } }), {
    name: "ConnectFailure",
  });
});
