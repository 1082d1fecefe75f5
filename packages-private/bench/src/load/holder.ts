import { becomeSubject } from "../harness/subject-process.ts";
import { heldCall } from "./calls.ts";
import { Caller } from "./caller.ts";
import { openSocket } from "./closed-loop.ts";
import type { LoadTarget } from "./closed-loop.ts";

// A program that opens connections, and streams on them, and holds them.

/** How much a holder opens. */
export interface Hold {
  readonly target: LoadTarget;
  readonly connections: number;
}

const callers: Caller[] = [];
let failure: Error | undefined;

const watcher = {
  done: () => {
    failure ??= new Error("a held call was answered");
  },
  failed: (error: Error) => {
    failure ??= error;
  },
};

/** Handshakes under way at a time: fewer than the listener's backlog. */
const OPENERS = 16;

async function connect({ target, connections }: Hold): Promise<void> {
  let left = connections;
  const opener = async (): Promise<void> => {
    while (left-- > 0) {
      const caller = new Caller(await openSocket(target), heldCall, watcher);
      callers.push(caller);
      await caller.ready;
    }
  };
  await Promise.all(Array.from({ length: OPENERS }, opener));
  await settle();
}

/** Resolves when the server has seen everything, so that its memory can be read. */
async function settle(): Promise<void> {
  await Promise.all(callers.map((caller) => caller.ping()));
  if (failure !== undefined) throw failure;
}

async function openStreams(each: number): Promise<void> {
  for (const caller of callers) caller.call(each);
  await settle();
}

becomeSubject(undefined, {
  connect: (argument) => connect(argument as Hold),
  streams: (argument) => openStreams(Number(argument)),
});
