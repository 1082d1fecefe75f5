import { Code } from "@connectrpc/connect";
import { requirement, start } from "@privet/testkit";
import type { ProgramResult } from "@privet/testkit";
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { go, grpcurl, python, pythonClients } from "../../../rpc-server/test/peers/programs.ts";
import { call, openSession } from "../raw-call.ts";
import { portOf, runHere } from "../running.ts";

const skip = requirement(go);
const pythonScripts = join(import.meta.dirname, "../../../rpc-server/test/peers/python");

async function askGrpcurl(port: number, ...args: readonly string[]): Promise<ProgramResult> {
  const [first = "", ...rest] = args;
  const flags = ["-plaintext", ...(first.startsWith("-") ? args.slice(0, -1) : [])];
  const verb = first.startsWith("-") ? args.slice(-1) : [first, ...rest];
  await using program = start(grpcurl(), [...flags, `127.0.0.1:${port}`, ...verb]);
  return await program.result;
}

test("with reflection, grpcurl lists the services and calls one", { skip }, async () => {
  await using server = runHere(["--reflection", "on"]);
  const port = await portOf(server);
  const listed = await askGrpcurl(port, "list");
  assert.deepEqual(listed.stdout.trim().split("\n"), [
    "greeter.v1.GreeterService",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ]);
  const called = await askGrpcurl(
    port,
    "-d",
    '{"name":"Анна"}',
    "greeter.v1.GreeterService/SayHello",
  );
  assert.deepEqual(JSON.parse(called.stdout), { greeting: "Привет, Анна!" });
  const healthy = await askGrpcurl(port, "grpc.health.v1.Health/Check");
  assert.deepEqual(JSON.parse(healthy.stdout), { status: "SERVING" });
});

test("without being told, there is no reflection", { skip }, async () => {
  await using server = runHere([]);
  const { code, stderr } = await askGrpcurl(await portOf(server), "list");
  assert.notEqual(code, 0);
  assert.match(stderr, /does not support the reflection API/);
});

test(
  "grpcio's health client sees the service until the server drains",
  { skip: requirement(pythonClients) },
  async () => {
    await using server = runHere([]);
    const port = String(await portOf(server));
    const args = [join(pythonScripts, "health.py"), port, "greeter.v1.GreeterService"];
    await using client = start(python, args);
    await client.waitFor(/"watch": "SERVING"/);
    server.signal("SIGTERM");
    await client.waitFor(/"watch": "NOT_SERVING"/);
    await client.waitFor(/"end": "UNAVAILABLE"/);
    assert.equal((await server.result).code, 0);
  },
);

for (const [args, status] of [
  [[], 0],
  [["--health", "off"], Code.Unimplemented],
] as const) {
  test(`«${args.join(" ")}» answers a probe with ${status}`, async () => {
    await using server = runHere(args);
    const session = await openSession(await portOf(server));
    const probe = call(session, "", { ":path": "/grpc.health.v1.Health/Check" });
    probe.writeBytes(Uint8Array.from([0, 0, 0, 0, 0]));
    probe.end();
    const headers = await probe.responded;
    const { trailers } = await probe.ended;
    // No gRPC at all has the path where the service isn't there.
    const code =
      trailers?.["grpc-status"] ?? (Number(headers[":status"]) === 404 ? Code.Unimplemented : -1);
    assert.equal(Number(code), status);
    session.destroy();
  });
}

for (const [engine, hasDate] of [
  ["privet", false],
  ["node", true],
] as const) {
  test(`engine ${engine} serves`, async () => {
    await using server = runHere([], { PRIVET_ENGINE: engine });
    const session = await openSession(await portOf(server));
    const greeted = call(session, "SayHello", { "content-type": "application/json" });
    greeted.end();
    // Only Node's own dates its responses.
    assert.equal("date" in (await greeted.responded), hasDate);
    session.destroy();
  });
}
