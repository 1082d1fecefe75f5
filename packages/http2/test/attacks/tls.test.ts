import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { connect } from "node:tls";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { CLIENT_PREFACE } from "../../src/constants.ts";
import { listen } from "../../src/node/index.ts";
import { openssl, requirement, selfSigned } from "@privet/testkit";
import { settings } from "../testkit/frames.ts";

// RFC 9113 §9.2, and what a TLS handshake can be abused for.

const skip = requirement(openssl);
const certificate = skip === false ? selfSigned() : { key: "", cert: "" };

async function serve(t: TestContext, tlsHandshakeMs = 5000): Promise<number> {
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    tls: certificate,
    tlsHandshakeMs,
    handler: () => ({}),
  });
  t.after(() => listener.destroy());
  return (listener.address as AddressInfo).port;
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

test("TLS 1.1 is refused in the handshake", { skip }, async (t) => {
  const port = await serve(t);
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" } as const;
  await assert.rejects(handshake(port, { ...old, ALPNProtocols: ["h2"] }));
});

test("a cipher without forward secrecy is refused in the handshake", { skip }, async (t) => {
  const port = await serve(t);
  const weak = { maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES256-SHA" } as const;
  await assert.rejects(handshake(port, { ...weak, ALPNProtocols: ["h2"] }));
});

test(
  "a client without ALPN that sends the preface all the same is closed without an answer",
  { skip },
  async (t) => {
    const port = await serve(t);
    const socket = await handshake(port, {});
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.on("error", () => {});
    socket.write(Buffer.concat([Buffer.from(CLIENT_PREFACE, "latin1"), settings()]));
    await once(socket, "close");
    assert.equal(received, 0);
  },
);

test("a client that offers only what we don't speak is refused", { skip }, async (t) => {
  const port = await serve(t);
  await assert.rejects(handshake(port, { ALPNProtocols: ["spdy/3"] }));
});

test("a client that asks for renegotiation doesn't get it", { skip }, async (t) => {
  const port = await serve(t);
  const socket = await handshake(port, { maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] });
  t.after(() => socket.destroy());
  socket.resume();
  const outcome = Promise.withResolvers<string>();
  socket.on("error", (error) => outcome.resolve(error.message));
  socket.on("close", () => outcome.resolve("closed"));
  socket.renegotiate({ rejectUnauthorized: false }, (error) => {
    outcome.resolve(error === null ? "renegotiated" : error.message);
  });
  assert.notEqual(await outcome.promise, "renegotiated");
});

test("a handshake that never goes on is ended in time", { skip }, async (t) => {
  const port = await serve(t, 200);
  const socket = connectPlain({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  socket.resume();
  // The head of a ClientHello, and nothing after it.
  socket.write(Buffer.from("16030102000100", "hex"));
  await once(socket, "close");
});
