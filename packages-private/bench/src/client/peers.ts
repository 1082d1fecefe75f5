import type { PeersFound as Found } from "../harness/bench-suite.ts";
import { makeCertificates } from "../harness/certificate.ts";
import type { CertificateFiles } from "../harness/certificate.ts";
import { compile } from "../harness/compile.ts";
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
import { serverCandidates } from "../server/peers.ts";
import type { PeerName as ServerName } from "../server/peers.ts";

/** The clients, in the order of the tables. Each has a server of the same name. */
export const peerNames = [
  "privet",
  "connect-node",
  "grpc-js",
  "grpc-go",
  "tonic",
  "grpcio",
] as const;

export type PeerName = (typeof peerNames)[number];

export interface PeersFound extends Found {
  readonly clients: readonly Peer<PeerName>[];
  readonly servers: readonly Peer<ServerName>[];
  readonly certificates: CertificateFiles;
}

/** Builds the clients called `names`, or all, and every server, that this machine has the tools for. */
export function findPeers(names: readonly string[] | undefined): PeersFound {
  compile();
  const certificates = makeCertificates();
  const clients = preparePeers(clientCandidates(certificates), names);
  const servers = preparePeers(
    serverCandidates().filter(({ name }) => name !== "node:http2"),
    undefined,
  );
  return {
    clients: clients.peers,
    servers: servers.peers,
    certificates,
    missing: [...new Set([...clients.missing, ...servers.missing])],
  };
}

function clientCandidates({ authority }: CertificateFiles): readonly Candidate<PeerName>[] {
  const node = (file: string, ...args: readonly string[]): Peer<PeerName>["program"] =>
    nodeProgram(import.meta.resolve(`./subjects/${file}`), [authority, ...args]);
  return [
    { name: "privet", prepare: () => node("client-privet.ts") },
    { name: "connect-node", prepare: () => node("client-connect-node.ts") },
    { name: "grpc-js", prepare: () => node("client-grpc-js.ts", grpcJsFolder(), protos) },
    { name: "grpc-go", prepare: () => goPeer("client", authority) },
    { name: "tonic", prepare: () => tonicPeer("client", authority) },
    { name: "grpcio", prepare: () => pythonPeer("client", authority) },
  ];
}
