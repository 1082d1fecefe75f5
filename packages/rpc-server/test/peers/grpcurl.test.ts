import assert from "node:assert/strict";
import { test } from "node:test";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import { Code, ConnectError } from "@connectrpc/connect";
import { createHealth, reflection, tlsCredentials } from "../../src/index.ts";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { Folder } from "../testkit/folder.ts";
import { createGreeterServer, greeter, serve } from "../testkit/serving.ts";
import type { Serving } from "../testkit/serving.ts";
import { ask } from "./ask.ts";
import { go, grpcurl } from "./programs.ts";

const skip = requirement(go);

/** With reflection: grpcurl knows no proto beforehand. */
function serveReflected(sayHello = greeter.sayHello): Promise<Serving> {
  return serve({
    health: createHealth(),
    routes: (router) => {
      router.service(GreeterService, { ...greeter, ...(sayHello && { sayHello }) });
      reflection(router);
    },
  });
}

test("grpcurl lists what there is, health and reflection among it", { skip }, async () => {
  await using serving = await serveReflected();
  const { code, stdout } = await ask(grpcurl(), ["-plaintext", address(serving), "list"]);
  assert.equal(code, 0);
  assert.deepEqual(stdout.trim().split("\n"), [
    "greeter.v1.GreeterService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ]);
});

test("grpcurl describes a method and its messages", { skip }, async () => {
  await using serving = await serveReflected();
  const args = ["-plaintext", address(serving), "describe"];
  const method = await ask(grpcurl(), [...args, "greeter.v1.GreeterService.SayHelloInLanguages"]);
  assert.match(
    method.stdout,
    /rpc SayHelloInLanguages \( \.greeter\.v1\.SayHelloInLanguagesRequest \) returns \( stream /,
  );
  const message = await ask(grpcurl(), [...args, "greeter.v1.SayHelloInLanguagesRequest"]);
  assert.match(message.stdout, /repeated string language_tags = 2;/);
});

test("grpcurl calls methods of all four kinds", { skip }, async () => {
  await using serving = await serveReflected();
  const call = async (method: string, ...messages: readonly object[]): Promise<unknown[]> => {
    const data = messages.map((message) => JSON.stringify(message)).join("\n");
    const args = ["-plaintext", "-d", "@", address(serving), `greeter.v1.GreeterService/${method}`];
    const { code, stdout, stderr } = await ask(grpcurl(), args, { input: data });
    assert.equal(code, 0, stderr);
    return JSON.parse(`[${stdout.trim().replaceAll(/\}\s*\{/g, "},{")}]`) as unknown[];
  };
  assert.deepEqual(await call("SayHello", { name: "Ada" }), [{ greeting: "hello Ada" }]);
  assert.deepEqual(await call("SayHelloInLanguages", { name: "Ada", languageTags: ["a", "b"] }), [
    { greeting: "hello Ada", languageTag: "a" },
    { greeting: "hello Ada", languageTag: "b" },
  ]);
  assert.deepEqual(await call("SayHelloToAll", { name: "Ada" }, { name: "Bo" }), [
    { greeting: "hello Ada, Bo" },
  ]);
  assert.deepEqual(await call("SayHelloToEach", { name: "Ada" }, { name: "Bo" }), [
    { greeting: "hello Ada" },
    { greeting: "hello Bo" },
  ]);
});

test(
  "grpcurl shows an error with its code and its message as they were thrown",
  { skip },
  async () => {
    await using serving = await serveReflected(() => {
      throw new ConnectError("nobody is called «»: 100 %", Code.InvalidArgument);
    });
    const { code, stderr } = await ask(grpcurl(), [
      "-plaintext",
      address(serving),
      "greeter.v1.GreeterService/SayHello",
    ]);
    // grpcurl's own convention: 64 and the code.
    assert.equal(code, 64 + Code.InvalidArgument);
    assert.match(stderr, /Code: InvalidArgument\n {2}Message: nobody is called «»: 100 %\n/);
  },
);

test("grpcurl checks health over TLS", { skip: skip || requirement(openssl) }, async () => {
  using authority = new CertificateAuthority();
  using folder = new Folder();
  const ca = folder.write("ca.pem", authority.certificate);
  const { key, cert } = authority.issueServer();
  const { server } = createGreeterServer({
    health: createHealth(),
    routes: (router) => reflection(router),
  });
  const port = await server.addSecurePort(
    "127.0.0.1:0",
    tlsCredentials({ privateKey: key, certificateChain: cert }),
  );
  await server.start();
  try {
    const { code, stdout, stderr } = await ask(grpcurl(), [
      "-cacert",
      ca,
      `127.0.0.1:${port}`,
      "grpc.health.v1.Health/Check",
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { status: "SERVING" });
  } finally {
    await server.stop();
  }
});

function address({ port }: Serving): string {
  return `127.0.0.1:${port}`;
}
