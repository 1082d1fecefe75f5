import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { openssl, requirement, selfSigned } from "@privet/testkit";
import { connect, ConnectFailure, listen } from "../../src/node/index.ts";
import type { Listener, ListenOptions } from "../../src/node/index.ts";
import { settings } from "../testkit/frames.ts";
import { echoHandler } from "./testkit/echo.ts";
import { exchange } from "./testkit/exchange.ts";
import { rawRequest } from "./testkit/raw-request.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

function listenLocally(options: Partial<ListenOptions> = {}): Promise<Listener> {
  return listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler, ...options });
}

function portOf(listener: Listener): number {
  return (listener.address as AddressInfo).port;
}

/** A server of Node's own that answers each request with its method, path and body. */
function http1(): { hand: (socket: Socket) => void; handed: number } {
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) =>
      outgoing.end(`${incoming.method} ${incoming.url} ${body}|${"encrypted" in incoming.socket}`),
    );
  });
  const self = {
    handed: 0,
    hand: (socket: Socket): void => {
      self.handed++;
      server.emit("connection", socket);
    },
  };
  return self;
}

/** Writes `pieces` with a turn of the event loop between them, and reads to the end. */
async function talk(socket: Socket, pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const answer = text(socket.on("error", () => {}));
  for (const piece of pieces) {
    socket.write(piece);
    await delay(1);
  }
  return answer.catch(() => "");
}

const HTTP1_POST =
  "POST /a/b HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

test("HTTP/1.1 on the same port is handed over, whole and split at every octet", async () => {
  const other = http1();
  await using listener = await listenLocally({ http1: other.hand });
  for (const pieces of [[HTTP1_POST], HTTP1_POST.split("")]) {
    const answer = await talk(connectPlain(portOf(listener), "127.0.0.1"), pieces);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /POST \/a\/b hello\|false/);
  }
  assert.equal(other.handed, 2);
  assert.equal(listener.connections.size, 0);
});

test("HTTP/1.1 that is handed over keeps its connection for the next request", async () => {
  const other = http1();
  await using listener = await listenLocally({ http1: other.hand });
  const socket = connectPlain(portOf(listener), "127.0.0.1");
  socket.setEncoding("utf8");
  for (const path of ["/1", "/2", "/3"]) {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [string];
    assert.match(answer, new RegExp(`GET ${path} `));
  }
  socket.destroy();
  assert.equal(other.handed, 1);
});

test("HTTP/2 is served beside a server of HTTP/1.1, its preface split at every octet", async () => {
  await using listener = await listenLocally({ http1: http1().hand });
  const socket = connectPlain(portOf(listener), "127.0.0.1");
  const opening = Buffer.concat([Buffer.from(PREFACE), Buffer.from("000000040000000000", "hex")]);
  for (const octet of opening) {
    socket.write(Uint8Array.of(octet));
    await delay(1);
  }
  const [first] = (await once(socket, "data")) as [Buffer];
  assert.equal(first[3], 4, "a SETTINGS frame");
  socket.destroy();
});

test("what is neither is closed without an answer", async () => {
  const other = http1();
  await using listener = await listenLocally({ http1: other.hand });
  for (const opening of ["\x16\x03\x01\x02\0", "hello\r\n", "PRI * HTTP/1.1\r\n\r\n", "get / "]) {
    assert.equal(await talk(connectPlain(portOf(listener), "127.0.0.1"), [opening]), "", opening);
  }
  assert.equal(other.handed, 0);
});

test("without anyone for HTTP/1.1 it is closed without an answer", async () => {
  await using listener = await listenLocally();
  assert.equal(await talk(connectPlain(portOf(listener), "127.0.0.1"), [HTTP1_POST]), "");
});

test("a client that doesn't finish its preface is closed after prefaceMs", async () => {
  await using listener = await listenLocally({ limits: { prefaceMs: 50 } });
  for (const opening of ["", "PRI", "GE"]) {
    assert.equal(await talk(connectPlain(portOf(listener), "127.0.0.1"), [opening]), "");
  }
});

test("a client that goes away in the middle of its preface leaves nothing behind", async () => {
  const errors: Error[] = [];
  const listener = await listenLocally({ onError: (error) => errors.push(error) });
  for (const leave of ["end", "destroy", "resetAndDestroy"] as const) {
    const socket = connectPlain(portOf(listener), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write("PRI * HT");
    await delay(5);
    socket[leave]();
  }
  await listener.close();
  assert.equal(listener.connections.size, 0);
  assert.deepEqual(errors, []);
});

test("sockets beyond maxConnections are closed as they are accepted", async () => {
  await using listener = await listenLocally({ maxConnections: 1 });
  const first = await connect({ port: portOf(listener), host: "127.0.0.1" });
  await assert.rejects(connect({ port: portOf(listener), host: "127.0.0.1" }), ConnectFailure);
  assert.equal((await exchange(first, { path: "/octets/1" })).status, 200);
});

test("a factory that throws costs its own connection alone, and is reported", async () => {
  const errors: Error[] = [];
  let calls = 0;
  await using listener = await listenLocally({
    onError: (error) => errors.push(error),
    handler: () => {
      calls++;
      if (calls === 1) throw new Error("no handler today");
      return echoHandler;
    },
  });
  await assert.rejects(connect({ port: portOf(listener), host: "127.0.0.1" }), ConnectFailure);
  const second = await connect({ port: portOf(listener), host: "127.0.0.1" });
  assert.equal((await exchange(second, { path: "/octets/1" })).status, 200);
  assert.deepEqual(
    errors.map((error) => error.message),
    ["no handler today"],
  );
});

test("short of memory, idle connections are drained and busy ones go on", async () => {
  await using listener = await listenLocally({ memorySoftBytes: 1 });
  const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
  const response = await exchange(link, { path: "/octets/1000000" });
  assert.equal(response.body.length, 1_000_000);
  const end = await link.ended;
  assert.deepEqual([end.by, end.code, end.token], ["remote", 0, "max_idle"]);
});

test("without any memory left, new connections are closed as they are accepted", async () => {
  await using listener = await listenLocally({ memoryHardBytes: 1 });
  await assert.rejects(connect({ port: portOf(listener), host: "127.0.0.1" }), ConnectFailure);
});

test("a port that is taken rejects, with the code of the system", async () => {
  await using listener = await listenLocally();
  await assert.rejects(listenLocally({ port: portOf(listener) }), { code: "EADDRINUSE" });
});

test("neither port nor path, and both, are refused", async () => {
  await assert.rejects(listen({ handler: () => echoHandler }), TypeError);
  await assert.rejects(listen({ port: 0, path: "/x", handler: () => echoHandler }), TypeError);
});

const skipReusePort = process.platform !== "linux" && "needs a kernel that spreads connections";
test("two listeners share a port with reusePort", { skip: skipReusePort }, async () => {
  await using first = await listenLocally({ reusePort: true });
  await using second = await listenLocally({ reusePort: true, port: portOf(first) });
  assert.equal(portOf(second), portOf(first));
  for (let i = 0; i < 8; i++) {
    const link = await connect({ port: portOf(first), host: "127.0.0.1" });
    assert.equal((await exchange(link, { path: "/octets/1" })).status, 200);
    link.destroy();
    await link.ended;
  }
});

test("a unix socket is served, and its path is the address", async () => {
  const folder = mkdtempSync(join(tmpdir(), "privet-"));
  try {
    const path = join(folder, "socket");
    await using listener = await listen({ path, handler: () => echoHandler });
    assert.equal(listener.address, path);
    const link = await connect({ path });
    assert.equal((await exchange(link, { path: "/octets/3" })).body.length, 3);
    link.destroy();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("close() lets open streams finish, takes no new connection, and resolves when all ended", async () => {
  const listener = await listenLocally();
  const port = portOf(listener);
  const link = await connect({ port, host: "127.0.0.1" });
  const body = new Uint8Array(1_000_000).fill(7);
  const response = exchange(link, { path: "/echo", body });
  // The stream is open when its first octets are on the way back.
  while (link.connection.stats().framesReceived < 4) await delay(1);
  const closed = listener.close();
  await refused(port);
  const { status, body: echoed, end } = await response;
  assert.equal(status, 200);
  assert.equal(echoed.length, body.length);
  assert.equal(end.by, "end");
  await closed;
  assert.equal(listener.connections.size, 0);
  assert.equal((await link.ended).code, 0);
});

/** Resolves when nobody listens any more: what has been in the queue is accepted before. */
async function refused(port: number): Promise<void> {
  for (;;) {
    try {
      const late = await connect({ port, host: "127.0.0.1" });
      late.destroy();
      await late.ended;
    } catch (error) {
      assert.ok(error instanceof ConnectFailure);
      if (error.reason === "unreachable") return;
    }
  }
}

test("destroy() ends streams and connections at once", async () => {
  const listener = await listenLocally();
  const link = await connect({ port: portOf(listener), host: "127.0.0.1" });
  const held = exchange(link, { path: "/echo", body: new Uint8Array(1), trailers: ["x", "y"] });
  await held;
  const endless = exchange(link, { path: "/octets/1000000000" });
  while (link.connection.stats().framesReceived < 20) await delay(1);
  await listener.destroy();
  const { end } = await endless;
  assert.equal(end.by, "connection");
  assert.equal(listener.connections.size, 0);
});

const tlsTest = { skip: requirement(openssl) };
const tls = tlsTest.skip === false ? selfSigned() : { key: "", cert: "" };

async function secureSocket(port: number, options: ConnectionOptions): Promise<Socket> {
  const socket = connectTls({ port, host: "127.0.0.1", ca: tls.cert, ...options });
  await once(socket, "secureConnect");
  return socket;
}

test("TLS: ALPN http/1.1 is handed over untouched", tlsTest, async () => {
  const other = http1();
  await using listener = await listenLocally({ tls, http1: other.hand });
  const socket = await secureSocket(portOf(listener), { ALPNProtocols: ["http/1.1"] });
  assert.match(await talk(socket, HTTP1_POST.split("")), /POST \/a\/b hello\|true/);
});

test("TLS: without ALPN, HTTP/1.1 is handed over and HTTP/2 is closed", tlsTest, async () => {
  const other = http1();
  await using listener = await listenLocally({ tls, http1: other.hand });
  const port = portOf(listener);
  assert.match(await talk(await secureSocket(port, {}), [HTTP1_POST]), /POST \/a\/b hello/);
  assert.equal(await talk(await secureSocket(port, {}), [PREFACE]), "");
  assert.equal(other.handed, 1);
});

test("TLS: after ALPN h2 a wrong preface gets a GOAWAY with PROTOCOL_ERROR", tlsTest, async () => {
  const other = http1();
  await using listener = await listenLocally({ tls, http1: other.hand });
  const socket = await secureSocket(portOf(listener), { ALPNProtocols: ["h2"] });
  const answer = Buffer.from(await talk(socket.setEncoding("latin1"), [HTTP1_POST]), "latin1");
  const types: number[] = [];
  for (let at = 0; at < answer.length; at += 9 + answer.readUIntBE(at, 3)) {
    types.push(answer.readUInt8(at + 3));
    if (types.at(-1) === 7) assert.equal(answer.readUInt32BE(at + 9 + 4), 1);
  }
  assert.equal(types.at(-1), 7);
  assert.equal(other.handed, 0);
});

test(
  "TLS: ALPN without a protocol of ours fails in the handshake, and is reported",
  tlsTest,
  async () => {
    const errors: Error[] = [];
    await using listener = await listenLocally({ tls, onError: (error) => errors.push(error) });
    await assert.rejects(secureSocket(portOf(listener), { ALPNProtocols: ["http/1.1"] }));
    while (errors.length === 0) await delay(1);
  },
);

test("TLS: versions and ciphers that HTTP/2 forbids are refused", tlsTest, async () => {
  await using listener = await listenLocally({ tls });
  const port = portOf(listener);
  const ALPNProtocols = ["h2"];
  for (const options of [
    { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" },
    { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-SHA" },
  ] as const) {
    await assert.rejects(secureSocket(port, { ALPNProtocols, ...options }));
  }
  const allowed = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" } as const;
  (await secureSocket(port, { ALPNProtocols, ...allowed })).destroy();
});

test("TLS 1.2: renegotiation is refused, and the connection goes on", tlsTest, async () => {
  await using listener = await listenLocally({ tls });
  const socket = connectTls({
    port: portOf(listener),
    host: "127.0.0.1",
    ca: tls.cert,
    ALPNProtocols: ["h2"],
    maxVersion: "TLSv1.2",
  });
  await once(socket, "secureConnect");
  socket.on("error", () => {});
  let completed = false;
  socket.renegotiate({ rejectUnauthorized: false }, (error) => {
    completed = error === null;
  });
  socket.write(PREFACE);
  await delay(100);
  assert.equal(completed, false);
  socket.destroy();
});

test(
  "a client that says nothing in the TLS handshake is closed after tlsHandshakeMs",
  tlsTest,
  async () => {
    await using listener = await listenLocally({ tls, tlsHandshakeMs: 50 });
    assert.equal(await talk(connectPlain(portOf(listener), "127.0.0.1"), []), "");
  },
);

test(
  "TLS: a certificate is exchanged with no connection lost, and a broken one is refused",
  tlsTest,
  async () => {
    await using listener = await listenLocally({ tls });
    const port = portOf(listener);
    const old = await connect({ port, host: "localhost", tls: { ca: tls.cert } });

    assert.throws(() => listener.setSecureContext({ key: tls.key, cert: "no certificate" }));
    (await connect({ port, host: "localhost", tls: { ca: tls.cert } })).destroy();

    const fresh = selfSigned();
    listener.setSecureContext(fresh);
    await assert.rejects(
      connect({ port, host: "localhost", tls: { ca: tls.cert } }),
      ConnectFailure,
    );
    const link = await connect({ port, host: "localhost", tls: { ca: fresh.cert } });
    for (const { connection } of [old, link]) assert.equal(connection.closed, false);
    assert.equal((await exchange(old, { path: "/echo" })).end.by, "end");
    assert.equal((await exchange(link, { path: "/echo" })).end.by, "end");

    const ALPNProtocols = ["h2"];
    const forbidden = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-SHA" } as const;
    await assert.rejects(secureSocket(port, { ca: fresh.cert, ALPNProtocols, ...forbidden }));
  },
);

test("a listener without TLS has no certificate to exchange", async () => {
  await using listener = await listenLocally();
  assert.throws(() => listener.setSecureContext({}), TypeError);
});

test("requests over TLS are answered, and the socket tells of it", tlsTest, async () => {
  await using listener = await listenLocally({ tls });
  const link = await connect({ port: portOf(listener), host: "localhost", tls: { ca: tls.cert } });
  const body = new Uint8Array(300_000).fill(5);
  const response = await exchange(link, { path: "/echo", body });
  assert.equal(Buffer.compare(response.body, body), 0);
  assert.equal("encrypted" in link.socket && link.socket.encrypted, true);
  link.destroy();
});

test("TLS: close() lets open streams finish", tlsTest, async () => {
  const listener = await listenLocally({ tls });
  const place = { port: portOf(listener), host: "localhost", tls: { ca: tls.cert } };
  const link = await connect(place);
  const body = new Uint8Array(1_000_000).fill(7);
  const response = exchange(link, { path: "/echo", body });
  while (link.connection.stats().framesReceived < 4) await delay(1);
  await listener.close();
  assert.equal((await response).body.length, body.length);
  assert.equal((await response).end.by, "end");
  await assert.rejects(connect(place), { reason: "unreachable" });
});

test("a request in the same packet as the preface is answered", async () => {
  await using listener = await listenLocally();
  const socket = connectPlain(portOf(listener), "127.0.0.1");
  socket.write(Buffer.concat([Buffer.from(PREFACE), settings(), rawRequest(1, "/octets/1")]));
  let received = Buffer.alloc(0);
  const HEADERS_ENDING_STREAM = Buffer.from("010500000001", "hex");
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk as Buffer]);
    if (received.includes(HEADERS_ENDING_STREAM)) return;
  }
  assert.fail("closed without an answer");
});
