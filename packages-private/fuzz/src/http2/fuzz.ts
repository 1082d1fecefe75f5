import type { Random } from "@privet/testkit";
import { reasonToDiffer } from "./difference.ts";
import { checkCuts } from "./engine.ts";
import { writeFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";
import { mutate } from "./mutation.ts";
import { LAST_PING } from "./node-peer.ts";
import type { NodePeer } from "./node-peer.ts";
import { makeSession, PREFACE } from "./session.ts";
import { tokensOf, verdictOf, verdictOfEngine } from "./verdict.ts";

/** Feeds one session, changed in one place or several, to both roles. */
export function fuzzSession(random: Random): void {
  const session = makeSession(random);
  let client = session.client;
  let server = session.server;
  for (let changes = random.below(5); changes >= 0; changes--) {
    if (client.length > 0) client = mutate(client, random).frames;
    if (server.length > 0) server = mutate(server, random).frames;
  }
  checkCuts("server", Buffer.concat([PREFACE, writeFrames(client)]), random);
  checkCuts("client", writeFrames(server), random);
}

const ping: Frame = { type: 6, flags: 0, id: 0, payload: LAST_PING };

/**
 * Changes one session of a client in one place, and has the engine and
 * `node:http2` judge it.
 *
 * @throws Error for a difference that nothing explains
 */
export async function compareWithNode(random: Random, node: NodePeer): Promise<void> {
  const { name, frames } = mutate(makeSession(random).client, random);
  const octets = Buffer.concat([PREFACE, writeFrames([...frames, ping])]);
  const outcome = checkCuts("server", octets, random);
  const theirs = await node.feed(octets);
  const ours = verdictOfEngine(outcome);
  const other = verdictOf(theirs);
  if (ours === other) return;
  if (reasonToDiffer(name, tokensOf(outcome), ours, other) === undefined) {
    throw new Error(`${name}: the engine says «${ours}», node:http2 «${other}»`);
  }
}
