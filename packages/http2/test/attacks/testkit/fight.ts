import assert from "node:assert/strict";
import type { ErrorCode } from "../../../src/constants.ts";
import type { BudgetToken, Limits } from "../../../src/index.ts";
import type { ConnectionRecord, Measure } from "./census.ts";
import { callMeanwhile, serveHonestly } from "./honest.ts";
import { attackServer, RawServer } from "./raw-peer.ts";
import type { RawPeer } from "./raw-peer.ts";
import type { Handlers, VictimClient, VictimServer } from "./victim.ts";
import { data, settings } from "../../testkit/frames.ts";
import { request } from "./blocks.ts";

const MIB = 1024 * 1024;
/** What an attack may make a victim's resident memory grow by. */
const MOST_RESIDENT = 8 * MIB;
/** What may stay of it, when the garbage is gone: compiled code and pools, which come into being once. */
const MOST_LEFT = 4 * MIB;

/**
 * The limits of a victim, where an attack doesn't say otherwise: the attacks
 * wait by PING for the victim to have seen them, and not for sockets to go.
 */
const EASY: Partial<Limits> = { maxPingStrikes: Infinity, closeLingerMs: 100 };

/** An attack: what goes first, and what goes on and on. */
export interface Attack {
  /** Before the flood; the connection is open and SETTINGS are exchanged. */
  readonly opening?: (peer: RawPeer) => Promise<void> | void;
  /** The `index`th unit of the flood. */
  readonly unit: (index: number) => Uint8Array;
  readonly units: number;
  /** After so many units the attacker waits until the victim has seen them. Default: never. */
  readonly pace?: number;
  /** False: the attacker never reads what the victim answers. Default true. */
  readonly reads?: boolean;
  /** The victim's limits, over the defaults. */
  readonly limits?: Partial<Limits>;
}

/** What became of an attack. */
export interface Aftermath {
  /** Units that were written. */
  readonly sent: number;
  readonly peer: RawPeer;
  readonly record: ConnectionRecord;
  /** CPU that the victim used from the attack's first octet to its end. */
  readonly cpuMicros: number;
  /** Of a serving victim. */
  readonly handlers: Handlers;
}

/**
 * Attacks a server and waits until the attack is over: the victim has closed
 * the connection, or has seen it all. In any case another connection's calls
 * went on meanwhile, memory stayed in bounds and nothing is held any more.
 */
export async function attackOn(victim: VictimServer, attack: Attack): Promise<Aftermath> {
  const port = await victim.listen({ ...EASY, ...attack.limits });
  await using bystander = await callMeanwhile(port);
  await warmUp(victim, port);
  await using peer = await attackServer(port);
  const before = await victim.measure();
  const sent = await fight(peer, attack);
  const record = await recordAfter(peer, () => victim.record(peer.localPort));
  const handlers = await victim.handlers(peer.localPort);
  assert.ok((await bystander.stop()) > 0, "no honest call came through");
  const cpuMicros = await lookAtDamage(before, victim);
  return { sent, peer, record, cpuMicros, handlers };
}

const warm = new WeakSet<VictimServer>();

/** Once for each victim: what is compiled and pooled for the first requests is nobody's attack. */
async function warmUp(victim: VictimServer, port: number): Promise<void> {
  if (warm.has(victim)) return;
  warm.add(victim);
  await using peer = await attackServer(port);
  for (let streamId = 1; streamId < 1000; streamId += 2) {
    peer.send(request(streamId, "/", { endStream: false }), data(streamId, 4000, END));
    if (streamId % 100 === 1) await peer.settle();
  }
}

const END = { endStream: true };

/**
 * The same with a server that attacks: the victim has called it, on stream 1
 * or more, and calls an honest server meanwhile.
 */
export async function attackOnClient(victim: VictimClient, attack: Attack): Promise<Aftermath> {
  await using honest = await RawServer.listen();
  await using malicious = await RawServer.listen();
  void serveHonestly(honest);
  await victim.connect(honest.port);
  await using peer = await connectTo(victim, malicious, { ...EASY, ...attack.limits });
  await victim.chain(honest.port);
  const before = await victim.measure();
  const call = victim.call(malicious.port, { path: "/", endStream: false });
  await peer.until(() => peer.count(1) > 0, "the victim's request");
  const sent = await fight(peer, attack);
  const record = await recordAfter(peer, () => victim.record(peer.remotePort));
  await call;
  assert.ok((await victim.stopChain(honest.port)) > 0, "no honest call came through");
  const cpuMicros = await lookAtDamage(before, victim);
  return { sent, peer, record, cpuMicros, handlers: { mostAtWork: 0, handled: 0 } };
}

/** Makes the victim connect to a server that is to attack it. */
export async function connectTo(
  victim: VictimClient,
  server: RawServer,
  limits: Partial<Limits> = {},
): Promise<RawPeer> {
  const arrival = server.next();
  const connected = victim.connect(server.port, limits);
  const peer = await arrival;
  peer.send(settings());
  await connected;
  return peer;
}

/** The victim closed the connection with `code` and `token`, having read no more than `frames`. */
export function assertClosed(
  { peer, record }: Aftermath,
  code: ErrorCode,
  token: string,
  frames: number,
): void {
  assert.deepEqual(
    { by: record.end.by, code: record.end.code, token: record.end.token },
    { by: "local", code, token },
  );
  assert.equal(record.end.bug, undefined);
  const { framesReceived } = record.stats;
  assert.ok(framesReceived <= frames, `${framesReceived} frames were read, not ${frames}`);
  if (peer.goaway === undefined) return;
  assert.equal(peer.goaway.code, code);
  assert.equal(peer.goaway.debug, token);
}

/** The same, and the budget's counter shows it, and the attacker was told why. */
export function assertBudget(
  aftermath: Aftermath,
  code: ErrorCode,
  token: BudgetToken,
  frames: number,
): void {
  assertClosed(aftermath, code, token, frames);
  assert.equal(aftermath.record.stats.trips[token], 1);
  assert.ok(aftermath.peer.goaway, "no GOAWAY came");
}

async function fight(peer: RawPeer, attack: Attack): Promise<number> {
  await attack.opening?.(peer);
  if (attack.reads === false) peer.socket.pause();
  const pace = attack.pace ?? attack.units;
  let sent = 0;
  while (sent < attack.units) {
    const from = sent;
    const count = Math.min(pace, attack.units - sent);
    const taken = await peer.pour(count, (index) => attack.unit(from + index));
    sent += taken;
    if (taken < count) break;
    // Where the victim has had enough, what it answers says so.
    if (attack.pace !== undefined) await peer.settle().catch(() => {});
  }
  return sent;
}

/** Lets the victim end the connection or, where it has borne everything, ends it. */
async function recordAfter(
  peer: RawPeer,
  record: () => Promise<ConnectionRecord>,
): Promise<ConnectionRecord> {
  if (peer.socket.isPaused()) return record();
  await Promise.race([peer.ended(), peer.settle()]).catch(() => {});
  assert.ok(peer.over || peer.pongs > 0, "the victim neither ended the connection nor answers");
  peer.socket.end();
  return record();
}

async function lookAtDamage(
  before: Measure,
  victim: { measure(): Promise<Measure> },
): Promise<number> {
  const after = await victim.measure();
  const grown = after.peakResident - before.resident;
  assert.ok(grown <= MOST_RESIDENT, `resident memory grew by ${inMiB(grown)}`);
  const left = after.liveBytes - before.liveBytes;
  assert.ok(left <= MOST_LEFT, `${inMiB(left)} are still held`);
  assert.equal(after.leaked, 0, "an engine that has ended is still held");
  return after.cpuMicros - before.cpuMicros;
}

function inMiB(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
