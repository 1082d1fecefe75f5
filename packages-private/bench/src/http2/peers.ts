import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { compile, compiled } from "../harness/compile.ts";
import type { SubjectProgram } from "../harness/subject.ts";
import { makeCertificate } from "./certificate.ts";

/** Names of the peers, as in the results and the tables. */
type PeerName = "privet" | "node:http2" | "Go net/http" | "Python h2";

export interface Peer {
  readonly name: PeerName;
  readonly program: SubjectProgram;
}

/** The ports on which a server under test listens. */
export interface ServerPorts {
  readonly plain: number;
  readonly tls: number;
}

/** The peers of this machine, and by name those that are missing. */
export interface PeersFound {
  readonly servers: readonly Peer[];
  readonly clients: readonly Peer[];
  /** Each with what it needs, as a sentence. */
  readonly missing: readonly string[];
}

const subjects = join(import.meta.dirname, "subjects");
const cache = join(import.meta.dirname, "../../.cache");
const top = join(import.meta.dirname, "../../../..");

/** Makes everything that the peers need, and looks which can run here. */
export function findPeers(): PeersFound {
  compile();
  const certificate = makeCertificate();
  const missing: string[] = [];
  const servers: Peer[] = [
    {
      name: "privet",
      program: nodeProgram(import.meta.resolve("./subjects/server-privet.ts"), certificate),
    },
    {
      name: "node:http2",
      program: nodeProgram(import.meta.resolve("./subjects/server-node.ts"), certificate),
    },
  ];
  const go = buildGoServer();
  if (go === undefined) missing.push("Go net/http needs Go 1.24 or newer");
  else servers.push({ name: "Go net/http", program: foreign(go, certificate) });
  const python = findPython();
  if (python === undefined) {
    missing.push("Python h2 needs a Python with the package h2 (PRIVET_PYTHON may name it)");
  } else {
    const script = join(subjects, "server.py");
    servers.push({ name: "Python h2", program: foreign(python, [script, ...certificate]) });
  }
  return {
    servers,
    clients: [
      { name: "privet", program: nodeProgram(import.meta.resolve("./subjects/client-privet.ts")) },
      {
        name: "node:http2",
        program: nodeProgram(import.meta.resolve("./subjects/client-node.ts")),
      },
    ],
    missing,
  };
}

function nodeProgram(url: string, args: readonly string[] = []): SubjectProgram {
  return {
    command: process.execPath,
    args: ["--expose-gc", compiled(url), ...args],
    speaks: true,
  };
}

function foreign(command: string, args: readonly string[]): SubjectProgram {
  return { command, args, speaks: false };
}

function buildGoServer(): string | undefined {
  const output = join(cache, "go-server");
  mkdirSync(cache, { recursive: true });
  const { status } = spawnSync("go", ["build", "-o", output, "."], {
    cwd: join(subjects, "go"),
    stdio: "ignore",
  });
  return status === 0 ? output : undefined;
}

function findPython(): string | undefined {
  const candidates = [
    process.env["PRIVET_PYTHON"],
    join(top, "examples/python/.venv/bin/python"),
    "python3",
  ];
  return candidates.find((python) => {
    if (python === undefined || (python.includes("/") && !existsSync(python))) return false;
    return spawnSync(python, ["-c", "import h2"], { stdio: "ignore" }).status === 0;
  });
}
