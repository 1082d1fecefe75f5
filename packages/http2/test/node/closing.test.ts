import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { nextTick } from "node:process";
import { suite, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { openssl, requirement, selfSigned } from "@privet/testkit";
import { connect, listen } from "../../src/node/index.ts";
import type { Listener, ListenOptions } from "../../src/node/index.ts";
import { concat, preface, settings } from "../testkit/frames.ts";
import { echoHandler } from "./testkit/echo.ts";
import { exchange } from "./testkit/exchange.ts";
import { rawRequest } from "./testkit/raw-request.ts";

const REQUEST = concat(preface, settings(), rawRequest(1, "/octets/1"));
const HEADERS_ENDING_STREAM = Buffer.from("010500000001", "hex");

function listenLocally(options: Partial<ListenOptions> = {}): Promise<Listener> {
  return listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler, ...options });
}

function dial(listener: Listener): Socket {
  return connectPlain((listener.address as AddressInfo).port, "127.0.0.1");
}

/** Resolves to whether the answer to `REQUEST` is complete; then the socket is gone. */
async function answered(socket: Socket): Promise<boolean> {
  let received = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.includes(HEADERS_ENDING_STREAM)) return true;
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
  }
  return false;
}

/** What was dialed before has been accepted: one after it has been served. */
async function accepted(listener: Listener): Promise<void> {
  const { port } = listener.address as AddressInfo;
  const link = await connect({ port, host: "127.0.0.1" });
  await exchange(link, { path: "/octets/1" });
  link.destroy();
  await link.ended;
}

suite("as close() begins", () => {
  test("connections that wait in the kernel to be accepted are served, and then no more", async () => {
    const listener = await listenLocally();
    const sockets = Array.from({ length: 40 }, () => dial(listener));
    for (const socket of sockets) socket.write(REQUEST);
    // Node dials in the next tick: the kernel has them all then, this process none.
    await new Promise<void>((resolve) => nextTick(resolve));
    const closed = listener.close();
    const answers = await Promise.all(sockets.map(answered));
    assert.equal(answers.filter((answer) => answer).length, sockets.length);
    await closed;
    await assert.rejects(once(dial(listener), "connect"), { code: "ECONNREFUSED" });
  });

  test("a connection that has said nothing yet is served", async () => {
    const listener = await listenLocally();
    const socket = dial(listener);
    await accepted(listener);
    const closed = listener.close();
    socket.write(REQUEST);
    assert.ok(await answered(socket));
    await closed;
  });

  test("a connection that goes without a word is waited for, and forgotten", async () => {
    const listener = await listenLocally();
    const socket = dial(listener);
    await accepted(listener);
    const closed = listener.close();
    socket.destroy();
    await closed;
  });

  test("a connection that says nothing for two seconds is turned away", async () => {
    const listener = await listenLocally();
    const socket = dial(listener);
    await accepted(listener);
    const startedAt = performance.now();
    const closed = listener.close();
    assert.equal(await answered(socket), false);
    await closed;
    assert.ok(performance.now() - startedAt >= 1900);
  });

  test("destroy() turns away who has said nothing yet", async () => {
    const listener = await listenLocally();
    const socket = dial(listener);
    await accepted(listener);
    const closed = listener.close();
    await listener.destroy();
    assert.equal(await answered(socket), false);
    await closed;
  });
});

const skip = requirement(openssl);
const tls = skip === false ? selfSigned() : { key: "", cert: "" };

/** A listener, and a socket that it has accepted and that hasn't shaken hands. */
async function shaking(options: Partial<ListenOptions> = {}): Promise<[Listener, Socket]> {
  const listener = await listenLocally({ tls, ...options });
  const socket = dial(listener);
  const { port } = listener.address as AddressInfo;
  const other = await connect({ port, host: "localhost", tls: { ca: tls.cert } });
  other.destroy();
  await other.ended;
  return [listener, socket];
}

suite("as close() begins, with TLS", { skip }, () => {
  test("a handshake goes on, and its connection is served", async () => {
    const [listener, socket] = await shaking();
    const closed = listener.close();
    const secured = connectTls({
      socket,
      ca: tls.cert,
      servername: "localhost",
      ALPNProtocols: ["h2"],
    });
    secured.write(REQUEST);
    assert.ok(await answered(secured));
    socket.destroy();
    await closed;
  });

  test("a handshake that fails holds nothing up", async () => {
    const [listener, socket] = await shaking();
    const closed = listener.close();
    socket.on("error", () => {}).write("no handshake at all");
    await closed;
  });

  test("a handshake that is given up holds nothing up for long", async () => {
    const [listener, socket] = await shaking({ tlsHandshakeMs: 60_000 });
    const closed = listener.close();
    socket.destroy();
    await closed;
  });

  test("destroy() waits for no handshake", async (t) => {
    const [listener, socket] = await shaking({ tlsHandshakeMs: 60_000 });
    t.after(() => socket.destroy());
    const closed = listener.close();
    // What is late is never told so here: destroy() has to.
    t.mock.timers.enable({ apis: ["setTimeout"] });
    await listener.destroy();
    await closed;
  });

  test("a handshake that takes too long holds nothing up", async () => {
    const [listener, socket] = await shaking({ tlsHandshakeMs: 100 });
    await listener.close();
    assert.equal(await answered(socket), false);
  });
});
