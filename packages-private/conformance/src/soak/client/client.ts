import { Code, ConnectError } from "@connectrpc/connect";
import { insecureChannel, roundRobin } from "@privet/rpc-channel";
import { readDescriptors } from "../../tools/descriptors.ts";
import { becomeSubject } from "../subject.ts";
import { type Kind, kindsOf } from "./kinds.ts";

// The client that is soaked: calls at a steady rate, of all kinds, over one
// channel to servers that come and go. Arguments: the file of descriptors, the
// target, and the calls a second.

const [, , descriptors = "", target = "", rate = "0"] = process.argv;
const TICK_MS = 5;
/** Where so many calls wait, the machine is too slow for the rate: the tally will say so. */
const MOST_LIVE = 500;

const retryPolicy = {
  maxAttempts: 5,
  initialBackoff: "0.02s",
  maxBackoff: "0.5s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE"],
};
const channel = insecureChannel(target, {
  balancer: roundRobin(),
  serviceConfig: { methodConfig: [{ name: [{}], retryPolicy }] },
  backoff: { initialMs: 50, maxMs: 500 },
});
const kinds = kindsOf(readDescriptors(descriptors), channel);
const lot = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));

let live = 0;
let calls = 0;
/** The server went when it had begun to answer: nobody may try that again. */
let lost = 0;
const failures: string[] = [];
const running = new Set<Promise<void>>();

async function make(kind: Kind): Promise<void> {
  live++;
  calls++;
  try {
    await kind.call();
  } catch (error) {
    if (error instanceof ConnectError && error.code === Code.Unavailable) lost++;
    else failures.push(`${kind.name}: ${String(error)}`);
  } finally {
    live--;
  }
}

let due = 0;
let last = performance.now();
const pace = setInterval(() => {
  const now = performance.now();
  // A machine that is busy for a second doesn't get it back.
  due = Math.min(due + ((now - last) * Number(rate)) / 1_000, Number(rate));
  last = now;
  for (; due >= 1 && live < MOST_LIVE; due--) {
    const call = make(lot[Math.floor(Math.random() * lot.length)] as Kind);
    running.add(call);
    void call.then(() => running.delete(call));
  }
}, TICK_MS);

async function end(): Promise<void> {
  clearInterval(pace);
  await Promise.all(running);
  await channel.close();
  console.log(`tally ${JSON.stringify({ calls, lost, failures, left: live })}`);
}

becomeSubject(
  {},
  () => live,
  () => void end(),
);
