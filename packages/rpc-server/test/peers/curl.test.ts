import assert from "node:assert/strict";
import { test } from "node:test";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import { Code, ConnectError } from "@connectrpc/connect";
import { tlsCredentials } from "../../src/index.ts";
import { Folder } from "../testkit/folder.ts";
import { createGreeterServer, serve } from "../testkit/serving.ts";
import { ask } from "./ask.ts";
import { curl } from "./programs.ts";

const skip = requirement(curl);

const path = "/greeter.v1.GreeterService/SayHello";
const versions = [
  ["HTTP/1.1", "--http1.1", "1.1"],
  ["HTTP/2", "--http2-prior-knowledge", "2"],
] as const;

/** POSTs JSON; curl's own line says which version and status it was. */
async function post(
  url: string,
  flags: readonly string[],
): Promise<{ readonly version: string; readonly status: number; readonly body: unknown }> {
  const { code, stdout, stderr } = await ask("curl", [
    "--silent",
    "--show-error",
    "--json",
    JSON.stringify({ name: "Ada" }),
    "--write-out",
    "\n%{http_version} %{http_code}",
    ...flags,
    url,
  ]);
  assert.equal(code, 0, stderr);
  const [version = "", status] = stdout.slice(stdout.lastIndexOf("\n") + 1).split(" ");
  const body: unknown = JSON.parse(stdout.slice(0, stdout.lastIndexOf("\n")));
  return { version, status: Number(status), body };
}

for (const [name, flag, version] of versions) {
  test(`curl calls with JSON over ${name}`, { skip }, async () => {
    await using serving = await serve();
    const answer = await post(`http://127.0.0.1:${serving.port}${path}`, [flag]);
    assert.deepEqual(answer, { version, status: 200, body: { greeting: "hello Ada" } });
  });

  test(`curl gets an error as JSON, with HTTP's own status, over ${name}`, { skip }, async () => {
    await using serving = await serve({
      greeter: {
        sayHello: () => {
          throw new ConnectError("not to Ada", Code.PermissionDenied);
        },
      },
    });
    const answer = await post(`http://127.0.0.1:${serving.port}${path}`, [flag]);
    const body = { code: "permission_denied", message: "not to Ada" };
    assert.deepEqual(answer, { version, status: 403, body });
  });
}

test(
  "curl speaks the version that it asks for over TLS",
  { skip: skip || requirement(openssl) },
  async () => {
    using authority = new CertificateAuthority();
    using folder = new Folder();
    const ca = folder.write("ca.pem", authority.certificate);
    const { key, cert } = authority.issueServer();
    const { server } = createGreeterServer();
    const credentials = tlsCredentials({ privateKey: key, certificateChain: cert });
    const port = await server.addSecurePort("127.0.0.1:0", credentials);
    await server.start();
    try {
      for (const [flag, version] of [
        ["--http2", "2"],
        ["--http1.1", "1.1"],
      ] as const) {
        const answer = await post(`https://localhost:${port}${path}`, [flag, "--cacert", ca]);
        assert.deepEqual(answer, { version, status: 200, body: { greeting: "hello Ada" } });
      }
    } finally {
      await server.stop();
    }
  },
);
