import { becomeSubject } from "../harness/subject-process.ts";
import type { Duplex } from "node:stream";
import { heldCall } from "./calls.ts";
import { openSocket } from "./closed-loop.ts";
import type { LoadTarget } from "./closed-loop.ts";
import { Flag, FrameType, PREFACE, frame, settings, windowUpdate } from "./wire.ts";

// A program with four connections that each flood one kind of frame, as fast
// as the server reads; one that is closed for it comes back at once.

const empty = new Uint8Array(0);

/** What each of the four sends without end; stream 1 is open. */
const floods: readonly Buffer[] = [
  windowUpdate(0, 1),
  frame(FrameType.PING, 0, 0, Buffer.alloc(8)),
  frame(FrameType.DATA, 0, 1, empty),
  frame(FrameType.PRIORITY, 0, 1, Buffer.of(0, 0, 0, 3, 16)),
].map((unit) => Buffer.alloc(unit.length * 1000, unit));

const opening = Buffer.concat([
  PREFACE,
  settings([]),
  frame(FrameType.HEADERS, Flag.END_HEADERS, 1, heldCall.headers.first),
]);

const state = { flooding: false };
const sockets = new Set<Duplex>();

async function keepFlooding(target: LoadTarget, unit: Buffer): Promise<void> {
  while (state.flooding) {
    const socket = await openSocket(target).catch(() => undefined);
    if (socket !== undefined) await flood(socket, unit);
  }
}

/** Resolves when the server has closed the connection, or the flood was stopped. */
function flood(socket: Duplex, unit: Buffer): Promise<void> {
  sockets.add(socket);
  const { promise, resolve } = Promise.withResolvers<void>();
  const pour = (): void => {
    while (state.flooding && !socket.destroyed && socket.write(unit));
    if (!state.flooding) socket.destroy();
  };
  socket.on("drain", pour);
  socket.on("error", () => {});
  // What the server answers is read and dropped.
  socket.resume();
  socket.on("end", () => socket.destroy());
  socket.on("close", () => {
    sockets.delete(socket);
    resolve();
  });
  socket.write(opening);
  pour();
  return promise;
}

let running: Promise<unknown> = Promise.resolve();

becomeSubject(undefined, {
  start: (argument) => {
    state.flooding = true;
    running = Promise.all(floods.map((unit) => keepFlooding(argument as LoadTarget, unit)));
  },
  stop: async () => {
    state.flooding = false;
    for (const socket of sockets) socket.destroy();
    await running;
  },
});
