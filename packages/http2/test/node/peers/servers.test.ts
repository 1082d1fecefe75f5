import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer as createHttp2Server } from "node:http2";
import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import { connect } from "../../../src/node/index.ts";
import type { SocketConnection } from "../../../src/node/index.ts";
import { connectSoon } from "../testkit/connect-soon.ts";
import { exchange } from "../testkit/exchange.ts";
import { temporaryFolder } from "../testkit/folder.ts";
import { freePort } from "../testkit/free-port.ts";
import { nghttpd, python, pythonH2 } from "./programs.ts";
import { bodyOf, SIZES } from "./sizes.ts";

// Our client, and servers that others have written, at their default settings.

/** Each body comes back, one call after the other and many at once. */
async function echoes(link: SocketConnection, trailers: readonly string[]): Promise<void> {
  for (const octets of SIZES) {
    const body = bodyOf(octets);
    const response = await exchange(link, { path: "/echo", body, trailers });
    assert.equal(response.status, 200);
    assert.equal(Buffer.compare(response.body, body), 0, `${octets} octets`);
    assert.equal(response.trailers.get("x-from"), "privet");
    assert.equal(response.end.by, "end");
  }
  const many = Array.from({ length: 50 }, (_, i) => bodyOf(i * 1000));
  const responses = await Promise.all(
    many.map((body) => exchange(link, { path: "/echo", body, trailers })),
  );
  assert.deepEqual(
    responses.map(({ body }) => body.length),
    many.map((body) => body.length),
  );
  assert.deepEqual(new Set(Object.values(link.connection.stats().trips)), new Set([0]));
}

test("nghttpd echoes, and sends files with trailers", { skip: requirement(nghttpd) }, async () => {
  using folder = temporaryFolder();
  for (const octets of SIZES) writeFileSync(folder.file(String(octets)), bodyOf(octets));
  const port = await freePort();
  await using _server = start("nghttpd", [
    "--no-tls",
    "-a",
    "127.0.0.1",
    "-d",
    folder.path,
    "--echo-upload",
    "--trailer",
    "x-from: privet",
    String(port),
  ]);
  const link = await connectSoon({ port, host: "127.0.0.1" });
  await echoes(link, ["x-from", "privet"]);
  for (const octets of SIZES) {
    const response = await exchange(link, { path: `/${octets}` });
    assert.equal(Buffer.compare(response.body, bodyOf(octets)), 0);
    assert.equal(response.headers.get("content-length"), String(octets));
    assert.equal(response.trailers.get("x-from"), "privet");
  }
  link.destroy();
});

test("node:http2 echoes with trailers, and drains with GOAWAY", async () => {
  const server = createHttp2Server();
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream) => {
    let trailers = {};
    stream.on("trailers", (received: Record<string, string>) => {
      trailers = { "x-from": received["x-from"] };
    });
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    // The request's trailers come before its end, which ends the response.
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.pipe(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const link = await connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  await echoes(link, ["x-from", "privet"]);
  for (const session of sessions) session.close();
  assert.equal((await link.ended).code, 0);
  server.close();
  await once(server, "close");
});

test("python's h2 echoes with trailers", { skip: requirement(pythonH2) }, async () => {
  const program = join(import.meta.dirname, "python/server.py");
  await using server = start(python, [program]);
  const [, port] = await server.waitFor(/port (\d+)/);
  const link = await connect({ port: Number(port), host: "127.0.0.1" });
  await echoes(link, ["x-from", "privet"]);
  link.destroy();
});
