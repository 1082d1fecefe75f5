import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { goProgram } from "@privet/testkit";
import { cache } from "./cache.ts";

/** Connect's conformance runner, which is the client of all protocols to the server under test. */
export function connectconformance(): string {
  return goTool("connectconformance", "connectrpc.com/conformance/cmd/connectconformance");
}

/** The folder of the protos that `connectconformance` speaks. */
export function connectconformanceProtos(): string {
  return join(goModule("connectconformance", "connectrpc.com/conformance"), "proto");
}

/** The interoperability client of grpc-go. */
export function goInteropClient(): string {
  return goTool("grpc-go-interop", "google.golang.org/grpc/interop/client");
}

/** The interoperability server of grpc-go. */
export function goInteropServer(): string {
  return goTool("grpc-go-interop", "google.golang.org/grpc/interop/server");
}

function goTool(module: string, command: string): string {
  return goProgram({ command, module: join(import.meta.dirname, module), cache });
}

/** Where Go keeps the source of a module that `tool` is built from. */
function goModule(tool: string, path: string): string {
  const { stdout, stderr } = spawnSync("go", ["mod", "download", "-json", path], {
    cwd: join(import.meta.dirname, tool),
    encoding: "utf8",
  });
  const { Dir: folder } = JSON.parse(stdout || "{}") as { readonly Dir?: string };
  if (folder === undefined) throw new Error(`Go has no source of ${path}\n${stderr}`);
  return folder;
}
