import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import type { DescService, FileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";

const buf = fileURLToPath(import.meta.resolve("@bufbuild/buf/bin/buf"));

/**
 * Builds the descriptors of a suite's protos, which come with the tool that
 * they are for and are no part of this repository.
 *
 * @param name of the file that they are kept in
 * @param protos the folder that imports start from
 * @returns the file's path, for `readDescriptors`
 * @throws Error with what buf says
 */
export function buildDescriptors(name: string, protos: string): string {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${name}.binpb`);
  const { status, stderr } = spawnSync(
    process.execPath,
    [buf, "build", protos, "--as-file-descriptor-set", "--output", file],
    // Not in the workspace, whose buf.yaml has nothing to say about these.
    { cwd: cache, encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`buf could not build the protos of ${name}\n${stderr}`);
  }
  return file;
}

/** What `buildDescriptors` left in `file`. */
export function readDescriptors(file: string): FileRegistry {
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(file)));
}

/** @throws Error where the descriptors have no such service */
export function findService(registry: FileRegistry, typeName: string): DescService {
  const service = registry.getService(typeName);
  if (service === undefined) throw new Error(`the descriptors have no service ${typeName}`);
  return service;
}
