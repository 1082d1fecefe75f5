import { join } from "node:path";
import type { PeersFound as Found } from "../harness/bench-suite.ts";
import { makeCertificates } from "../harness/certificate.ts";
import { compile } from "../harness/compile.ts";
import type { SubjectProgram } from "../harness/subject.ts";
import { cache, foreign, nodeProgram, preparePeers, pythonWith, run } from "../peers/programs.ts";
import type { Peer as PeerCalled } from "../peers/programs.ts";

/** Names of the peers, as in the results and the tables. */
type PeerName = "privet" | "node:http2" | "Go net/http" | "Python h2";

export type Peer = PeerCalled<PeerName>;

/** The ports on which a server under test listens. */
export interface ServerPorts {
  readonly plain: number;
  readonly tls: number;
}

export interface PeersFound extends Found {
  readonly servers: readonly Peer[];
  readonly clients: readonly Peer[];
}

const subjects = join(import.meta.dirname, "subjects");

/** Makes everything that the peers called `names`, or all, need. */
export function findPeers(names: readonly string[] | undefined): PeersFound {
  compile();
  const { cert, key } = makeCertificates();
  const servers = preparePeers<PeerName>(
    [
      { name: "privet", prepare: () => node("server-privet.ts", cert, key) },
      { name: "node:http2", prepare: () => node("server-node.ts", cert, key) },
      { name: "Go net/http", prepare: () => foreign(buildGo(), [cert, key]) },
      {
        name: "Python h2",
        prepare: () => foreign(pythonWith("h2"), [join(subjects, "server.py"), cert, key]),
      },
    ],
    names,
  );
  const clients = preparePeers<PeerName>(
    [
      { name: "privet", prepare: () => node("client-privet.ts") },
      { name: "node:http2", prepare: () => node("client-node.ts") },
    ],
    names,
  );
  return { servers: servers.peers, clients: clients.peers, missing: servers.missing };
}

function node(file: string, ...args: readonly string[]): SubjectProgram {
  return nodeProgram(import.meta.resolve(`./subjects/${file}`), args);
}

function buildGo(): string {
  const output = join(cache, "go-server");
  run("go", ["build", "-o", output, "."], join(subjects, "go"), "it needs Go 1.24 or newer");
  return output;
}
