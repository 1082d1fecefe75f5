// The program of a user who has the packages from a registry: no workspace, no
// TypeScript. Starts the installed server, calls it, and runs the installed command.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";

const server = spawn(process.execPath, [bin("greeter-server"), "--address", "127.0.0.1:0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const address = await boundAddress(server.stdout);
  const client = createClient(
    GreeterService,
    createGrpcTransport({ baseUrl: `http://${address}` }),
  );
  const { greeting } = await client.sayHello({ name: "Мир" }, { timeoutMs: 10_000 });
  assert.equal(greeting, "Привет, Мир!");

  const command = [bin("greeter-client"), "--address", address];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  assert.equal(stdout, "Ответ сервера: Привет, Мир!\n");

  const descriptor = await readFile(installed("@privet/contracts/descriptor.binpb"));
  const files = fromBinary(FileDescriptorSetSchema, descriptor).file.map((file) => file.name);
  assert.ok(files.includes("greeter/v1/greeter.proto"));
  const proto = await readFile(
    installed("@privet/contracts/proto/greeter/v1/greeter.proto"),
    "utf8",
  );
  assert.match(proto, /service GreeterService/);
  console.log("the installed packages greet: " + greeting);
} finally {
  server.kill("SIGTERM");
}
const [code] = await once(server, "exit");
assert.equal(code, 0);
process.exit();

function installed(specifier) {
  return fileURLToPath(import.meta.resolve(specifier));
}

function bin(name) {
  return installed(`@privet/${name}/package.json`).replace("package.json", "dist/main.js");
}

async function boundAddress(stdout) {
  for await (const line of createInterface({ input: stdout })) {
    const match = /127\.0\.0\.1:\d+/.exec(line);
    if (match !== null) return match[0];
  }
  throw new Error("the installed server ended without saying where it listens");
}
