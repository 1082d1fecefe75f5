import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "@privet/testkit";
import type { Subject } from "../subject/subject.ts";
import { subjects } from "../subject/subjects.ts";
import { buildDescriptors, readDescriptors } from "../tools/descriptors.ts";
import { javaInterop } from "../tools/java-tools.ts";
import type { Peer, Target } from "./peer.ts";
import { peers } from "./peers/peers.ts";
import { testRoutes } from "./test-service.ts";

/** Larger than the largest message of a case, `very_large_request`. */
const READ_MAX_BYTES = 32 * 1024 * 1024;

/** The servers that clients can be run against: ours and stock Connect, and the peers' own. */
export const serverNames: readonly string[] = [
  ...Object.keys(subjects),
  ...peers.map(({ name }) => name),
];

/** Starts one of them, with gRPC's certificates for tests or without TLS. */
export async function startServer(name: string, tls: boolean): Promise<Subject> {
  const { certificates } = javaInterop();
  const peer = peers.find((one) => one.name === name);
  if (peer !== undefined) {
    return startPeer(peer, {
      port: await freePort(),
      certificates: tls ? certificates : undefined,
    });
  }
  const startSubject = subjects[name];
  if (startSubject === undefined) throw new Error(`no server is called «${name}»`);
  const registry = readDescriptors(buildDescriptors("grpc-interop", javaInterop().protos));
  return startSubject({
    routes: testRoutes(registry),
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

async function startPeer(peer: Peer, target: Target): Promise<Subject> {
  const program = peer.startServer(target);
  await listening(target.port, program);
  return { port: target.port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
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
