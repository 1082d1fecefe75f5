import type { PeersFound as Found } from "../harness/bench-suite.ts";
import { makeCertificates } from "../harness/certificate.ts";
import { compile } from "../harness/compile.ts";
import type { SubjectProgram } from "../harness/subject.ts";
import {
  goPeer,
  grpcJsFolder,
  nodeProgram,
  preparePeers,
  protos,
  pythonPeer,
  tonicPeer,
} from "../peers/programs.ts";
import type { Candidate, Peer } from "../peers/programs.ts";

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

/** The ports of 127.0.0.1 on which a server under test listens. */
export interface ServerPorts {
  readonly plain: number;
  readonly tls: number;
  /** For clients of HTTP/1.1. */
  readonly http1?: number;
  /** With one interceptor, which reads a header. */
  readonly intercepted?: number;
  /** Where answers are compressed, if the others don't do that to a compressed call. */
  readonly gzip?: number;
}

export interface PeersFound extends Found {
  readonly servers: readonly Peer<PeerName>[];
}

/** Builds the servers called `names`, or all, that this machine has the tools for. */
export function findPeers(names: readonly string[] | undefined): PeersFound {
  compile();
  const { peers: servers, missing } = preparePeers(serverCandidates(), names);
  return { servers, missing };
}

/** Every server of the bench's service; the programs that they are need `compile()` before. */
export function serverCandidates(): readonly Candidate<PeerName>[] {
  const { cert, key } = makeCertificates();
  const node = (file: string, ...args: readonly string[]): SubjectProgram =>
    nodeProgram(import.meta.resolve(`./subjects/${file}`), [cert, key, ...args]);
  return [
    { name: "privet", prepare: () => node("server-privet.ts") },
    { name: "connect-node", prepare: () => node("server-connect-node.ts") },
    { name: "grpc-js", prepare: () => node("server-grpc-js.ts", grpcJsFolder(), protos) },
    { name: "node:http2", prepare: () => node("server-node.ts") },
    { name: "grpc-go", prepare: () => goPeer("server", cert, key) },
    { name: "tonic", prepare: () => tonicPeer("server", cert, key) },
    { name: "grpcio", prepare: () => pythonPeer("server", cert, key) },
  ];
}
