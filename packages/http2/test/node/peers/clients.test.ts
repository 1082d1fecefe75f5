import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import { listen } from "../../../src/node/index.ts";
import type { Listener, ServerTls } from "../../../src/node/index.ts";
import { openssl, selfSigned } from "../testkit/certificate.ts";
import { echoHandler } from "../testkit/echo.ts";
import { temporaryFolder } from "../testkit/folder.ts";
import { curl, h2load, nghttp, python, pythonH2, startInto } from "./programs.ts";
import { bodyOf, SIZES } from "./sizes.ts";

// Our server, and clients that others have written, at their default settings.

async function serve(tls?: ServerTls): Promise<Listener & { readonly origin: string }> {
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    handler: () => echoHandler,
    ...(tls && { tls }),
  });
  const { port } = listener.address as AddressInfo;
  const origin = `${tls === undefined ? "http" : "https"}://localhost:${port}`;
  return Object.assign(listener, { origin });
}

/** No budget of any connection has been exceeded. */
async function assertNoTrips(listener: Listener, run: () => Promise<void>): Promise<void> {
  await run();
  for (const { connection } of listener.connections) {
    assert.deepEqual(new Set(Object.values(connection.stats().trips)), new Set([0]));
  }
}

test("curl gets and posts, with trailers in the answer", { skip: requirement(curl) }, async () => {
  await using listener = await serve();
  using folder = temporaryFolder();
  const common = [
    "-sS",
    "--http2-prior-knowledge",
    "-D",
    folder.file("head"),
    "-o",
    folder.file("out"),
  ];
  for (const octets of SIZES) {
    writeFileSync(folder.file("in"), bodyOf(octets));
    const post = ["--data-binary", `@${folder.file("in")}`, `${listener.origin}/echo`];
    for (const args of [[`${listener.origin}/octets/${octets}`], post]) {
      await using client = start("curl", [...common, ...args]);
      const { code, stderr } = await client.result;
      assert.equal(code, 0, stderr);
      assert.equal(Buffer.compare(readFileSync(folder.file("out")), bodyOf(octets)), 0);
      const head = readFileSync(folder.file("head"), "utf8");
      assert.match(head, /^HTTP\/2 200/);
      assert.match(head, new RegExp(`^x-octets: ${octets}\\b`, "m"));
    }
  }
});

const skipCurlTls = requirement(curl) || requirement(openssl);
test("curl finds HTTP/2 by ALPN over TLS", { skip: skipCurlTls }, async () => {
  const certificate = selfSigned();
  await using listener = await serve(certificate);
  using folder = temporaryFolder();
  writeFileSync(folder.file("ca.pem"), certificate.cert);
  for (const octets of SIZES) {
    writeFileSync(folder.file("in"), bodyOf(octets));
    await using client = start("curl", [
      "-sS",
      "--cacert",
      folder.file("ca.pem"),
      "-o",
      folder.file("out"),
      "-w",
      "%{http_version}",
      "--data-binary",
      `@${folder.file("in")}`,
      `${listener.origin}/echo`,
    ]);
    const { code, stdout, stderr } = await client.result;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "2");
    assert.equal(Buffer.compare(readFileSync(folder.file("out")), bodyOf(octets)), 0);
  }
});

test(
  "nghttp posts with trailers, padding and continuations",
  { skip: requirement(nghttp) },
  async () => {
    await using listener = await serve();
    using folder = temporaryFolder();
    for (const octets of SIZES) {
      writeFileSync(folder.file("in"), bodyOf(octets));
      for (const extra of [[], ["--padding=255"], ["--continuation"], ["--no-dep"]]) {
        await using client = startInto(folder.file("out"), "nghttp", [
          "-d",
          folder.file("in"),
          "--trailer",
          "x-from: nghttp",
          ...extra,
          `${listener.origin}/echo`,
        ]);
        const { code, stderr } = await client.result;
        assert.equal(code, 0, stderr);
        const echoed = readFileSync(folder.file("out"));
        assert.equal(Buffer.compare(echoed, bodyOf(octets)), 0, `${octets} ${extra.join()}`);
      }
    }
    await using verbose = start("nghttp", [
      "-v",
      "-n",
      "-d",
      folder.file("in"),
      "--trailer",
      "x-from: nghttp",
      `${listener.origin}/echo`,
    ]);
    const { stdout } = await verbose.result;
    assert.match(stdout, /recv \(stream_id=\d+\) x-from: nghttp/);
  },
);

test("h2load's calls all succeed", { skip: requirement(h2load) }, async () => {
  await using listener = await serve();
  using folder = temporaryFolder();
  const [, large = 0] = SIZES;
  writeFileSync(folder.file("in"), bodyOf(large));
  const runs: [number, string[]][] = [
    [5000, ["-c", "10", "-m", "100", `${listener.origin}/octets/1`]],
    [16, ["-c", "4", "-m", "4", "-d", folder.file("in"), `${listener.origin}/echo`]],
  ];
  for (const [calls, args] of runs) {
    await using client = start("h2load", ["-n", String(calls), ...args]);
    const { stdout } = await client.result;
    const done = `${calls} done, ${calls} succeeded, 0 failed, 0 errored, 0 timeout`;
    assert.ok(stdout.includes(done), stdout);
  }
});

test("node:http2 posts with trailers", async () => {
  await using listener = await serve();
  await assertNoTrips(listener, async () => {
    const session = connectHttp2(listener.origin);
    for (const octets of SIZES) {
      const stream = session.request(
        { ":method": "POST", ":path": "/echo" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-from": "node" }));
      const trailers = once(stream, "trailers");
      stream.end(bodyOf(octets));
      assert.equal(Buffer.compare(await buffer(stream), bodyOf(octets)), 0);
      assert.equal(((await trailers) as [{ "x-from"?: string }])[0]["x-from"], "node");
    }
    session.close();
    await once(session, "close");
  });
});

test("python's h2 posts with trailers", { skip: requirement(pythonH2) }, async () => {
  await using listener = await serve();
  const { port } = listener.address as AddressInfo;
  const program = new URL("python/client.py", import.meta.url).pathname;
  for (const octets of SIZES) {
    await using client = start(python, [program, String(port), String(octets)]);
    const { code, stdout, stderr } = await client.result;
    assert.equal(code, 0, stderr);
    const { sent, ...result } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(result, {
      status: "200",
      octets,
      received: sent,
      trailers: { "x-from": "python" },
    });
  }
});
