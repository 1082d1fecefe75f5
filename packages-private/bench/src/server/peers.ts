import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "@privet/testkit";
import type { SubjectProgram } from "../harness/subject.ts";
import { compile, compiled } from "../harness/compile.ts";
import { makeCertificate } from "../http2/certificate.ts";

/** The servers, in the order of the tables. */
export const peerNames = [
  "privet",
  "connect-node",
  "grpc-js",
  "node:http2",
  "grpc-go",
  "tonic",
  "grpcio",
] as const;

export type PeerName = (typeof peerNames)[number];

/** All but the one that knows no gRPC, and answers with octets made beforehand. */
export const grpcPeers: readonly PeerName[] = peerNames.filter((name) => name !== "node:http2");

/** Those that have a protocol besides gRPC. */
export const connectPeers: readonly PeerName[] = ["privet", "connect-node"];

interface Peer {
  readonly name: PeerName;
  readonly program: SubjectProgram;
}

/** The ports of 127.0.0.1 on which a server under test listens. */
export interface ServerPorts {
  readonly plain: number;
  readonly tls: number;
  /** For clients of HTTP/1.1. */
  readonly http1?: number;
  /** With one interceptor, which reads a header. */
  readonly intercepted?: number;
}

/** The servers that can run on this machine, and by name those that can't. */
export interface PeersFound {
  readonly servers: readonly Peer[];
  /** Each with what it needs, as a sentence. */
  readonly missing: readonly string[];
}

const subjects = join(import.meta.dirname, "subjects");
export const cache: string = join(import.meta.dirname, "../../.cache");
const protos = join(import.meta.dirname, "proto");
const top = join(import.meta.dirname, "../../../..");

interface Candidate {
  readonly name: PeerName;
  /** Builds what there is to build. @throws Error that says what is missing */
  readonly prepare: () => SubjectProgram;
}

const candidates: readonly Candidate[] = [
  { name: "privet", prepare: () => node("server-privet.ts") },
  { name: "connect-node", prepare: () => node("server-connect-node.ts") },
  { name: "grpc-js", prepare: () => node("server-grpc-js.ts", installGrpcJs(), protos) },
  { name: "node:http2", prepare: () => node("server-node.ts") },
  { name: "grpc-go", prepare: () => foreign(buildGo(), []) },
  { name: "tonic", prepare: () => foreign(buildTonic(), []) },
  {
    name: "grpcio",
    prepare: () => foreign(findPython(), [join(subjects, "grpcio_server.py")]),
  },
];

/** Builds all servers that this machine has the tools for. */
export function findPeers(): PeersFound {
  compile();
  const servers: Peer[] = [];
  const missing: string[] = [];
  for (const { name, prepare } of candidates) {
    try {
      servers.push({ name, program: prepare() });
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { servers, missing };
}

function node(file: string, ...args: readonly string[]): SubjectProgram {
  return {
    command: process.execPath,
    args: [
      "--expose-gc",
      compiled(import.meta.resolve(`./subjects/${file}`)),
      ...makeCertificate(),
      ...args,
    ],
    speaks: true,
  };
}

function foreign(command: string, args: readonly string[]): SubjectProgram {
  return { command, args: [...args, ...makeCertificate()], speaks: false };
}

/** Not in the workspace: its dependencies want to run scripts as they are installed. */
function installGrpcJs(): string {
  const folder = join(cache, "grpc-js");
  if (existsSync(join(folder, "node_modules"))) return folder;
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    cpSync(join(subjects, "grpc-js", file), join(folder, file));
  }
  run(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    folder,
    "it is fetched with npm",
  );
  return folder;
}

function buildGo(): string {
  return goProgram({ command: ".", module: join(subjects, "go"), cache });
}

function buildTonic(): string {
  const target = join(cache, "tonic");
  const args = ["build", "--release", "--locked", "--target-dir", target];
  run("cargo", args, join(subjects, "tonic"), "it is built with Rust: https://rustup.rs");
  return join(target, "release/bench-tonic");
}

function findPython(): string {
  const found = [
    process.env["PRIVET_PYTHON"],
    join(top, "examples/python/.venv/bin/python"),
    "python3",
  ].find((python) => {
    if (python === undefined || (python.includes("/") && !existsSync(python))) return false;
    return spawnSync(python, ["-c", "import grpc_tools"], { stdio: "ignore" }).status === 0;
  });
  if (found === undefined) {
    throw new Error("it needs a Python with grpcio-tools (PRIVET_PYTHON may name it)");
  }
  return found;
}

function run(command: string, args: readonly string[], cwd: string, hint: string): void {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw new Error(hint, { cause: error });
  if (status !== 0) throw new Error(`${hint}; ${command} says: ${stderr}`);
}
