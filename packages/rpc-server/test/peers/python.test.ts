import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createHealth, reflection } from "../../src/index.ts";
import { greeter, serve } from "../testkit/serving.ts";
import { ask } from "./ask.ts";
import { python, pythonClients } from "./programs.ts";

const skip = requirement(pythonClients);

const script = (name: string): string => join(import.meta.dirname, "python", name);

test("grpcio's health client follows a service until the server stops", { skip }, async () => {
  const health = createHealth();
  await using serving = await serve({ health });
  const { typeName } = GreeterService;
  await using client = start(python, [script("health.py"), String(serving.port), typeName]);
  await client.waitFor(/"watch": "SERVING"/);
  health.setStatus(typeName, "NOT_SERVING");
  await client.waitFor(/"watch": "NOT_SERVING"/);
  health.setStatus(typeName, "SERVING");
  await client.waitFor(/"watch": "NOT_SERVING"\}\n\{"watch": "SERVING"/);
  await serving.server.stop({ graceMs: 10_000 });
  const { code, stdout, stderr } = await client.result;
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
    [
      { check: "SERVING" },
      { unknown: "NOT_FOUND" },
      { watch: "SERVING" },
      { watch: "NOT_SERVING" },
      { watch: "SERVING" },
      { watch: "NOT_SERVING" },
      { end: "UNAVAILABLE" },
    ],
  );
});

test("grpcio's reflection client (v1alpha) finds a service and calls it", { skip }, async () => {
  await using serving = await serve({
    routes: (router) => {
      router.service(GreeterService, greeter);
      reflection(router);
    },
  });
  const { code, stdout, stderr } = await ask(python, [
    script("reflection.py"),
    String(serving.port),
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    services: [
      "greeter.v1.GreeterService",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ],
    methods: ["SayHello", "SayHelloInLanguages", "SayHelloToAll", "SayHelloToEach"],
    greeting: "hello Ada",
  });
});
