import { setTimeout as sleep } from "node:timers/promises";
import { FrameType } from "../../../src/constants.ts";
import { attackServer } from "./raw-peer.ts";
import type { RawPeer, RawServer } from "./raw-peer.ts";
import { data, settings } from "../../testkit/frames.ts";
import { request, response } from "./blocks.ts";

const END_STREAM = 0x1;

/** Somebody honest on another connection, while an attack goes on. */
export interface Bystander extends AsyncDisposable {
  /**
   * Stops calling.
   *
   * @returns how many calls came back whole
   * @throws Error where one didn't
   */
  stop(): Promise<number>;
}

/** Between two calls: what is measured is the attack's cost, not theirs. */
const REST_MS = 5;

/** Calls a serving victim, one call after the other. */
export async function callMeanwhile(port: number): Promise<Bystander> {
  const peer = await attackServer(port);
  let going = true;
  const calls = callInTurn(peer, () => going);
  // Seen by stop(); nobody else waits for it.
  calls.catch(() => {});
  return {
    stop: async () => {
      going = false;
      const count = await calls;
      await peer[Symbol.asyncDispose]();
      return count;
    },
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

async function callInTurn(peer: RawPeer, isGoing: () => boolean): Promise<number> {
  let answered = 0;
  peer.onFrame = ({ type, flags }) => {
    if (type === FrameType.HEADERS && (flags & END_STREAM) !== 0) answered += 1;
  };
  let made = 0;
  while (isGoing() || made === 0) {
    peer.send(request(made * 2 + 1, "/"));
    made += 1;
    await peer.until(() => answered === made, `the answer to call ${made}`);
    await sleep(REST_MS);
  }
  return made;
}

/** Answers every request of a calling victim. */
export function answerAll(peer: RawPeer): void {
  peer.send(settings());
  peer.onFrame = ({ type, flags, streamId }) => {
    if (type > FrameType.HEADERS || (flags & END_STREAM) === 0) return;
    peer.send(response(streamId), data(streamId, new Uint8Array(8), { endStream: true }));
  };
}

/** Serves the next client honestly. */
export async function serveHonestly(server: RawServer): Promise<RawPeer> {
  const peer = await server.next();
  answerAll(peer);
  return peer;
}
