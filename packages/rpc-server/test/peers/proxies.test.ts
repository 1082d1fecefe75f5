import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { requirement, start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { Folder } from "../testkit/folder.ts";
import { serve, TestClient } from "../testkit/serving.ts";
import type { GreeterClient } from "../testkit/serving.ts";
import { haproxy, nginx } from "./programs.ts";

// connect-node's gRPC client, a proxy that speaks HTTP/2 to both sides, and our server.

function nginxConfig(folder: Folder, port: number): string {
  return `
    daemon off;
    master_process off;
    pid ${folder.path("pid")};
    error_log stderr notice;
    events {}
    http {
      access_log off;
      ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map((name) => `${name}_temp_path ${folder.path(name)};`)
        .join("\n")}
      server {
        listen unix:${folder.path("socket")} http2;
        location / { grpc_pass grpc://127.0.0.1:${port}; }
      }
    }`;
}

function haproxyConfig(folder: Folder, port: number): string {
  return `
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend front
  bind unix@${folder.path("socket")} proto h2
  default_backend back
backend back
  server one 127.0.0.1:${port} proto h2
`;
}

const proxies = [
  {
    name: "nginx's grpc_pass",
    skip: requirement(nginx),
    config: nginxConfig,
    start: (file: string) => start("nginx", ["-c", file, "-e", "stderr"]),
  },
  {
    name: "HAProxy's proto h2",
    skip: requirement(haproxy),
    config: haproxyConfig,
    start: (file: string) => start("haproxy", ["-db", "-f", file]),
  },
];

for (const proxy of proxies) {
  const { name, skip } = proxy;

  test(`calls of all four kinds pass through ${name}`, { skip }, async () => {
    using folder = new Folder();
    await using serving = await serve();
    await using running = proxy.start(folder.write("config", proxy.config(folder, serving.port)));
    await listens(folder.path("socket"), running);
    using client = clientOf(folder.path("socket"));
    await callAllKinds(client.greeter);
    await Promise.all(Array.from({ length: 100 }, () => callAllKinds(client.greeter)));
  });

  test(`an error's status and metadata pass through ${name}`, { skip }, async () => {
    using folder = new Folder();
    await using serving = await serve({
      greeter: {
        sayHello: (_request, context) => {
          context.responseHeader.set("x-header", "early");
          throw new ConnectError("not to Ada", Code.PermissionDenied, { "x-trailer": "late" });
        },
      },
    });
    await using running = proxy.start(folder.write("config", proxy.config(folder, serving.port)));
    await listens(folder.path("socket"), running);
    using client = clientOf(folder.path("socket"));
    await assert.rejects(client.greeter.sayHello({ name: "Ada" }), (error: ConnectError) => {
      assert.equal(error.code, Code.PermissionDenied);
      assert.equal(error.rawMessage, "not to Ada");
      assert.equal(error.metadata.get("x-header"), "early");
      assert.equal(error.metadata.get("x-trailer"), "late");
      return true;
    });
  });
}

async function callAllKinds(greeter: GreeterClient): Promise<void> {
  const { greeting } = await greeter.sayHello({ name: "Ada" });
  assert.equal(greeting, "hello Ada");
  const tags = [];
  for await (const { languageTag } of greeter.sayHelloInLanguages({
    name: "Ada",
    languageTags: ["a", "b"],
  })) {
    tags.push(languageTag);
  }
  assert.deepEqual(tags, ["a", "b"]);
  const all = await greeter.sayHelloToAll(names());
  assert.equal(all.greeting, "hello Ada, Bo");
  const each = [];
  for await (const answer of greeter.sayHelloToEach(names())) each.push(answer.greeting);
  assert.deepEqual(each, ["hello Ada", "hello Bo"]);
}

async function* names(): AsyncGenerator<{ name: string }> {
  yield { name: "Ada" };
  yield { name: "Bo" };
}

function clientOf(socketPath: string): TestClient {
  return new TestClient("http://proxy.test", "gRPC", {
    createConnection: () => connect(socketPath),
  });
}

/** @throws Error where the proxy ends before it listens */
async function listens(socketPath: string, proxy: Program): Promise<void> {
  while (!existsSync(socketPath)) {
    const ended = await Promise.race([proxy.result, delay(20)]);
    if (ended !== undefined) throw new Error(`the proxy has ended\n${ended.stderr}`);
  }
}
