import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { listen } from "../../../src/node/index.ts";
import type { Listener } from "../../../src/node/index.ts";
import { connectSoon } from "../testkit/connect-soon.ts";
import { echoHandler } from "../testkit/echo.ts";
import { exchange } from "../testkit/exchange.ts";
import type { Folder } from "../testkit/folder.ts";
import { temporaryFolder } from "../testkit/folder.ts";
import { haproxy, nginx } from "./programs.ts";
import { bodyOf, SIZES } from "./sizes.ts";

// Our client, a proxy that speaks HTTP/2 to both sides, and our server.

function nginxConfig(folder: Folder, port: number): string {
  return `
    daemon off;
    master_process off;
    pid ${folder.file("pid")};
    error_log stderr notice;
    events {}
    http {
      access_log off;
      client_max_body_size 0;
      ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((name) => `${name}_temp_path ${folder.file(name)};`)
        .join("\n")}
      server {
        listen unix:${folder.file("socket")} http2;
        location / { grpc_pass grpc://127.0.0.1:${port}; }
      }
    }`;
}

function haproxyConfig(folder: Folder, port: number): string {
  return `
global
  maxconn 2000
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend front
  bind unix@${folder.file("socket")} proto h2
  default_backend back
backend back
  server one 127.0.0.1:${port} proto h2
`;
}

interface Proxy {
  readonly name: string;
  readonly skip: string | false;
  readonly config: (folder: Folder, port: number) => string;
  readonly start: (configFile: string) => Program;
  /** nginx takes the trailers of a request for a second request, and ends the connection. */
  readonly requestTrailers: boolean;
}

const proxies: readonly Proxy[] = [
  {
    name: "nginx's grpc_pass",
    skip: requirement(nginx),
    config: nginxConfig,
    start: (file) => start("nginx", ["-c", file, "-e", "stderr"]),
    requestTrailers: false,
  },
  {
    name: "HAProxy's proto h2",
    skip: requirement(haproxy),
    config: haproxyConfig,
    start: (file) => start("haproxy", ["-db", "-f", file]),
    requestTrailers: true,
  },
];

function assertNoTrips(listener: Listener): void {
  for (const { connection } of listener.connections) {
    assert.deepEqual(new Set(Object.values(connection.stats().trips)), new Set([0]));
  }
}

for (const proxy of proxies) {
  test(`bodies and trailers pass through ${proxy.name}`, { skip: proxy.skip }, async () => {
    using folder = temporaryFolder();
    await using listener = await listen({ port: 0, host: "127.0.0.1", handler: () => echoHandler });
    const { port } = listener.address as AddressInfo;
    writeFileSync(folder.file("config"), proxy.config(folder, port));
    await using _running = proxy.start(folder.file("config"));
    const link = await connectSoon({ path: folder.file("socket") });
    for (const octets of SIZES) {
      const body = bodyOf(octets);
      const trailers = proxy.requestTrailers ? ["x-octets", String(octets)] : undefined;
      const echoed = await exchange(link, { path: "/echo", body, ...(trailers && { trailers }) });
      assert.equal(echoed.status, 200);
      assert.equal(Buffer.compare(echoed.body, body), 0, `${octets} octets`);
      assert.equal(echoed.trailers.get("x-octets"), String(octets));
      const got = await exchange(link, { path: `/octets/${octets}` });
      assert.equal(Buffer.compare(got.body, body), 0);
      assert.equal(got.trailers.get("x-octets"), String(octets));
    }
    // Without trailers: HAProxy before 2.9.1 closes a server's connection on which trailers come
    // while a body waits for a slow client (its issue #2388).
    const many = await Promise.all(
      Array.from({ length: 100 }, (_, i) => exchange(link, { path: `/plain/${i * 500}` })),
    );
    assert.deepEqual(
      many.map(({ body }) => body.length),
      many.map((_, i) => i * 500),
    );
    assertNoTrips(listener);
    link.destroy();
    await link.ended;
  });
}
