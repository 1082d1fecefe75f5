import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { openssl, requirement, selfSigned, start } from "@privet/testkit";
import type { Limits } from "../../../src/index.ts";
import { listen } from "../../../src/node/index.ts";
import type { ServerTls, SocketConnection } from "../../../src/node/index.ts";
import { echoHandler } from "../testkit/echo.ts";
import { temporaryFolder } from "../testkit/folder.ts";
import type { Folder } from "../testkit/folder.ts";
import { curl, h2load, nghttp, python, pythonH2, startInto } from "./programs.ts";
import { bodyOf, SIZES } from "./sizes.ts";

// Our server, and clients that others have written, at their default settings.

interface Options {
  readonly tls?: ServerTls;
  readonly limits?: Partial<Limits>;
}

interface Served extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  /** Every connection has been honest in our eyes: no budget was exceeded. */
  assertNoTrips(): void;
}

async function serve(options: Options = {}): Promise<Served> {
  const links: SocketConnection[] = [];
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    handler: (link) => {
      links.push(link);
      return echoHandler;
    },
    ...options,
  });
  const { port } = listener.address as AddressInfo;
  return {
    port,
    origin: `${options.tls === undefined ? "http" : "https"}://localhost:${port}`,
    assertNoTrips: () => {
      assert.notEqual(links.length, 0);
      for (const { connection } of links) {
        assert.deepEqual(new Set(Object.values(connection.stats().trips)), new Set([0]));
      }
    },
    [Symbol.asyncDispose]: () => listener.destroy(),
  };
}

function* piecesOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536);
}

test("curl gets and posts, with trailers in the answer", { skip: requirement(curl) }, async () => {
  await using server = await serve();
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
    const post = ["--data-binary", `@${folder.file("in")}`, `${server.origin}/echo`];
    for (const args of [[`${server.origin}/octets/${octets}`], post]) {
      await using client = start("curl", [...common, ...args]);
      const { code, stderr } = await client.result;
      assert.equal(code, 0, stderr);
      assert.equal(Buffer.compare(readFileSync(folder.file("out")), bodyOf(octets)), 0);
      const head = readFileSync(folder.file("head"), "utf8");
      assert.match(head, /^HTTP\/2 200/);
      assert.match(head, new RegExp(`^x-octets: ${octets}\\b`, "m"));
    }
  }
  server.assertNoTrips();
});

const skipCurlTls = requirement(curl) || requirement(openssl);
test("curl finds HTTP/2 by ALPN over TLS", { skip: skipCurlTls }, async () => {
  const certificate = selfSigned();
  await using server = await serve({ tls: certificate });
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
      `${server.origin}/echo`,
    ]);
    const { code, stdout, stderr } = await client.result;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "2");
    assert.equal(Buffer.compare(readFileSync(folder.file("out")), bodyOf(octets)), 0);
  }
  server.assertNoTrips();
});

/** Posts `file` by nghttp; what comes back. */
async function nghttpEchoes(
  origin: string,
  folder: Folder,
  extra: readonly string[],
): Promise<Buffer> {
  const args = ["-d", folder.file("in"), "--trailer", "x-from: nghttp", ...extra];
  await using client = startInto(folder.file("out"), "nghttp", [...args, `${origin}/echo`]);
  const { code, stderr } = await client.result;
  assert.equal(code, 0, stderr);
  return readFileSync(folder.file("out"));
}

test("nghttp posts with trailers and padding", { skip: requirement(nghttp) }, async () => {
  await using server = await serve();
  using folder = temporaryFolder();
  for (const octets of SIZES) {
    writeFileSync(folder.file("in"), bodyOf(octets));
    for (const extra of [[], ["--padding=255"], ["--no-dep"]]) {
      const echoed = await nghttpEchoes(server.origin, folder, extra);
      assert.equal(Buffer.compare(echoed, bodyOf(octets)), 0, `${octets} ${extra.join()}`);
    }
  }
  const args = ["-v", "-n", "-d", folder.file("in"), "--trailer", "x-from: nghttp"];
  await using verbose = start("nghttp", [...args, `${server.origin}/echo`]);
  const { stdout } = await verbose.result;
  assert.match(stdout, /recv \(stream_id=\d+\) x-from: nghttp/);
  server.assertNoTrips();
});

test("nghttp's 32 KiB of headers need a larger limit", { skip: requirement(nghttp) }, async () => {
  using folder = temporaryFolder();
  writeFileSync(folder.file("in"), "x");
  for (const maxHeaderListSize of [16_384, 65_536]) {
    await using server = await serve({ limits: { maxHeaderListSize } });
    const echoed = await nghttpEchoes(server.origin, folder, ["--continuation"]);
    assert.equal(echoed.toString(), maxHeaderListSize === 65_536 ? "x" : "");
  }
});

test("h2load's calls all succeed", { skip: requirement(h2load) }, async () => {
  await using server = await serve();
  using folder = temporaryFolder();
  const [, large = 0] = SIZES;
  writeFileSync(folder.file("in"), bodyOf(large));
  const runs: [number, string[]][] = [
    [5000, ["-c", "10", "-m", "100", `${server.origin}/octets/1`]],
    [16, ["-c", "4", "-m", "4", "-d", folder.file("in"), `${server.origin}/echo`]],
  ];
  for (const [calls, args] of runs) {
    await using client = start("h2load", ["-n", String(calls), ...args]);
    const { stdout } = await client.result;
    const done = `${calls} done, ${calls} succeeded, 0 failed, 0 errored, 0 timeout`;
    assert.ok(stdout.includes(done), stdout);
  }
  server.assertNoTrips();
});

test("node:http2 posts with trailers", async () => {
  await using server = await serve();
  const session = connectHttp2(server.origin);
  for (const octets of SIZES) {
    const stream = session.request(
      { ":method": "POST", ":path": "/echo" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-from": "node" }));
    const trailers = once(stream, "trailers");
    // As a stream: what waits in a session of Node's may not be more than 10 MB.
    Readable.from(piecesOf(bodyOf(octets))).pipe(stream);
    assert.equal(Buffer.compare(await buffer(stream), bodyOf(octets)), 0);
    assert.equal(((await trailers) as [{ "x-from"?: string }])[0]["x-from"], "node");
  }
  session.close();
  await once(session, "close");
  server.assertNoTrips();
});

test("python's h2 posts with trailers", { skip: requirement(pythonH2) }, async () => {
  await using server = await serve();
  const program = join(import.meta.dirname, "python/client.py");
  for (const octets of SIZES) {
    await using client = start(python, [program, String(server.port), String(octets)]);
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
  server.assertNoTrips();
});
