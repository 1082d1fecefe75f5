import type { Target } from "../harness/results.ts";
import type { PeerName } from "./peers.ts";

/** Ours has to cost so many times less than a peer. */
export function timesLess(than: PeerName, atLeast: number): Target {
  return { kind: "times-less", than, atLeast };
}
