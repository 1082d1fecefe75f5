import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "@privet/testkit";
import type { Subject } from "../subject/subject.ts";
import { subjects } from "../subject/subjects.ts";
import { javaInterop } from "../tools/java-tools.ts";
import { COMPRESSED } from "./cases.ts";
import { interopDescriptors } from "./descriptors.ts";
import type { Peer } from "./peer.ts";
import { peers } from "./peers/peers.ts";
import { testRoutes } from "./test-service.ts";

/** Larger than the largest message of a case, `very_large_request`. */
const READ_MAX_BYTES = 32 * 1024 * 1024;

/** A server that clients can be run against. */
export interface InteropServer {
  readonly name: string;
  /** The cases that it doesn't do its part in. */
  readonly lacks: readonly string[];
  /** Starts it, with gRPC's certificates for tests or without TLS. */
  start(tls: boolean): Promise<Subject>;
}

/** Ours and stock Connect, which tells nobody how a message came, and the peers' own. */
export const servers: readonly InteropServer[] = [
  { name: "privet", lacks: [], start: (tls) => startSubject("privet", tls) },
  { name: "node", lacks: COMPRESSED, start: (tls) => startSubject("node", tls) },
  ...peers.map((peer) => ({
    name: peer.name,
    lacks: peer.lacks,
    start: (tls: boolean) => startPeer(peer, tls),
  })),
];

async function startSubject(name: string, tls: boolean): Promise<Subject> {
  const start = subjects[name];
  if (start === undefined) throw new Error(`no server is called «${name}»`);
  const { certificates } = javaInterop();
  return start({
    routes: testRoutes(interopDescriptors()),
    http2: true,
    options: { readMaxBytes: READ_MAX_BYTES },
    ...(tls && {
      tls: {
        cert: readFileSync(join(certificates, "server1.pem")),
        key: readFileSync(join(certificates, "server1.key")),
      },
    }),
  });
}

async function startPeer(peer: Peer, tls: boolean): Promise<Subject> {
  const port = await freePort();
  const certificates = tls ? javaInterop().certificates : undefined;
  const program = peer.startServer({ port, certificates });
  await listening(port, program);
  return { port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** A port that was free a moment ago, for programs that don't take 0. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @throws Error where the program ends before it listens */
async function listening(port: number, program: Program): Promise<void> {
  while (!(await accepts(port))) {
    const ended = await Promise.race([program.result, delay(50)]);
    if (ended !== undefined) throw new Error(`the server ended at once\n${ended.stderr}`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
