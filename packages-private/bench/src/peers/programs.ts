import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "@privet/testkit";
import { compiled } from "../harness/compile.ts";
import type { SubjectProgram } from "../harness/subject.ts";

// The programs that are measured: ours and the peers', as servers and as
// clients. Each function builds what there is to build, and throws an Error
// that says what is missing on this machine.

const top = join(import.meta.dirname, "../../../..");

/** What the benches build and fetch is kept here. */
export const cache: string = join(import.meta.dirname, "../../.cache");

/** Where the peers that read protos as they start find them. */
export const protos: string = join(import.meta.dirname, "../server/proto");

/** A subject of ours: the compiled program behind a TypeScript file. */
export function nodeProgram(url: string, args: readonly string[] = []): SubjectProgram {
  return {
    command: process.execPath,
    args: ["--expose-gc", compiled(url), ...args],
    speaks: true,
  };
}

/** The folder with @grpc/grpc-js. Not in the workspace: its dependencies want to run scripts as they are installed. */
export function grpcJsFolder(): string {
  const folder = join(cache, "grpc-js");
  if (existsSync(join(folder, "node_modules"))) return folder;
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    cpSync(join(import.meta.dirname, "grpc-js", file), join(folder, file));
  }
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  run("npm", args, folder, "it is fetched with npm");
  return folder;
}

export function goPeer(...args: readonly string[]): SubjectProgram {
  const module = join(import.meta.dirname, "go");
  return foreign(goProgram({ command: ".", module, cache }), args);
}

export function tonicPeer(...args: readonly string[]): SubjectProgram {
  const target = join(cache, "tonic");
  const build = ["build", "--release", "--locked", "--target-dir", target];
  const crate = join(import.meta.dirname, "tonic");
  run("cargo", build, crate, "it is built with Rust: https://rustup.rs");
  return foreign(join(target, "release/bench-tonic"), args);
}

export function pythonPeer(
  script: "server" | "client",
  ...args: readonly string[]
): SubjectProgram {
  const file = join(import.meta.dirname, "grpcio", `${script}.py`);
  return foreign(pythonWith("grpc_tools"), [file, ...args]);
}

/** A program that isn't ours: its CPU is read from `/proc`. */
export function foreign(command: string, args: readonly string[]): SubjectProgram {
  return { command, args, speaks: false };
}

/** A Python that has the package `name`. */
export function pythonWith(name: string): string {
  const found = [
    process.env["PRIVET_PYTHON"],
    join(top, "examples/python/.venv/bin/python"),
    "python3",
  ].find((python) => {
    if (python === undefined || (python.includes("/") && !existsSync(python))) return false;
    return spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status === 0;
  });
  if (found === undefined) {
    throw new Error(`it needs a Python with the package ${name} (PRIVET_PYTHON may name it)`);
  }
  return found;
}

/** Runs what makes a peer. @throws Error that begins with `hint` */
export function run(command: string, args: readonly string[], cwd: string, hint: string): void {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw new Error(hint, { cause: error });
  if (status !== 0) throw new Error(`${hint}; ${command} says: ${stderr}`);
}

/** A way to a peer's program, which this machine may not have. */
export interface Candidate<Name extends string> {
  readonly name: Name;
  /** @throws Error that says what is missing */
  readonly prepare: () => SubjectProgram;
}

/** A peer that can run here. */
export interface Peer<Name extends string> {
  readonly name: Name;
  readonly program: SubjectProgram;
}

/** Prepares the candidates called `names`, or all; a sentence for each that can't be had. */
export function preparePeers<Name extends string>(
  candidates: readonly Candidate<Name>[],
  names: readonly string[] = candidates.map(({ name }) => name),
): { readonly peers: readonly Peer<Name>[]; readonly missing: readonly string[] } {
  const peers: Peer<Name>[] = [];
  const known: readonly string[] = candidates.map(({ name }) => name);
  const missing = names
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: there is no such peer, only ${known.join(", ")}`);
  for (const { name, prepare } of candidates) {
    if (!names.includes(name)) continue;
    try {
      peers.push({ name, program: prepare() });
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { peers, missing };
}
