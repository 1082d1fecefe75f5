import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

// What another team has: files of the package, by the names it exports, in a
// folder where nothing else of the workspace is.
const folder = await mkdtemp(join(tmpdir(), "privet-published-"));
after(() => rm(folder, { recursive: true }));
const descriptor = fileURLToPath(import.meta.resolve("@privet/contracts/descriptor.binpb"));
const greeter = fileURLToPath(
  import.meta.resolve("@privet/contracts/proto/greeter/v1/greeter.proto"),
);
await cp(descriptor, join(folder, "descriptor.binpb"));
await cp(join(greeter, "../../.."), join(folder, "proto"), { recursive: true });

test("the descriptor names the service with all four kinds of method", async () => {
  const files = fromBinary(FileDescriptorSetSchema, await readFile(descriptor));
  const service = createFileRegistry(files).getService("greeter.v1.GreeterService");
  const kinds = service?.methods.map((method) => method.methodKind);
  assert.deepEqual(
    new Set(kinds),
    new Set(["unary", "server_streaming", "client_streaming", "bidi_streaming"]),
  );
});

test("the descriptor holds every file of the contracts with all that they import", async () => {
  const files = fromBinary(FileDescriptorSetSchema, await readFile(descriptor));
  const names = new Set(files.file.map((file) => file.name));
  const contracts = await readdir(join(folder, "proto"), { recursive: true });
  for (const path of contracts.filter((name) => name.endsWith(".proto"))) {
    assert.ok(names.has(path.replaceAll("\\", "/")), path);
  }
  for (const dependency of files.file.flatMap((file) => file.dependency)) {
    assert.ok(names.has(dependency), dependency);
  }
});

/** Generates JavaScript from one of the published files; answers the code by file name. */
async function generateFrom(input: string, out: string): Promise<ReadonlyMap<string, string>> {
  const plugin = fileURLToPath(import.meta.resolve("@bufbuild/protoc-gen-es/bin/protoc-gen-es"));
  const template = {
    version: "v2",
    plugins: [{ local: [process.execPath, plugin], out, opt: "target=js" }],
  };
  const buf = fileURLToPath(import.meta.resolve("@bufbuild/buf/bin/buf"));
  const args = [buf, "generate", input, "--template", JSON.stringify(template)];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const names = await readdir(join(folder, out), { recursive: true });
  const code = names
    .filter((name) => name.endsWith(".js"))
    .map(async (name) => [name, await readFile(join(folder, out, name), "utf8")] as const);
  return new Map(await Promise.all(code));
}

test("the published contracts alone, and the descriptor alone, are enough to generate from", async () => {
  const fromContracts = await generateFrom("proto", "from-contracts");
  const fromDescriptor = await generateFrom("descriptor.binpb", "from-descriptor");
  const name = join("greeter", "v1", "greeter_pb.js");
  assert.match(fromContracts.get(name) ?? "", /export const GreeterService = /);
  // The descriptor is without comments.
  assert.match(fromDescriptor.get(name) ?? "", /export const GreeterService = /);
});
