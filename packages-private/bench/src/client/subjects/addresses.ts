import { insecureChannel, staticResolver } from "@privet/rpc-channel";
import type { Channel } from "@privet/rpc-channel";
import { setTimeout as sleep } from "node:timers/promises";
import { becomeSubject } from "../../harness/subject-process.ts";
import type { Addresses } from "../memory-workloads.ts";

// A process that connects channels, and tells what they have added to its heap.

/** A second, 20 % for the jitter, and some time for the timers. */
const LONGEST_FIRST_BACKOFF_MS = 1_500;

/** @returns octets for each address, those of the list itself included */
async function measure({ port, count, serverIs }: Addresses): Promise<number> {
  // What the first channel of a process brings into being is no matter of addresses.
  const one = await connected([`127.0.0.1:${port}`]);
  const before = usedMemory();
  const many = await connected(addressList(port, count, serverIs));
  // An address that refused is remembered for as long as it must not be asked again.
  if (serverIs === "last") await sleep(LONGEST_FIRST_BACKOFF_MS);
  const added = usedMemory() - before;
  await Promise.all([one.close(), many.close()]);
  return added / count;
}

/** Of 127.0.0.0/8, where the server listens on 127.0.0.1 alone. */
function addressList(port: number, count: number, serverIs: Addresses["serverIs"]): string[] {
  const server = `127.0.0.1:${port}`;
  const refusing = Array.from(
    { length: count - 1 },
    (_, at) => `127.1.${at >> 8}.${at & 255}:${port}`,
  );
  return serverIs === "first" ? [server, ...refusing] : [...refusing, server];
}

async function connected(addresses: readonly string[]): Promise<Channel> {
  const channel = insecureChannel("bench.test", { resolver: staticResolver(addresses) });
  channel.connect();
  for await (const state of channel.watchState()) {
    if (state === "READY") return channel;
  }
  throw new Error("the channel was shut down");
}

function usedMemory(): number {
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

becomeSubject(undefined, { measure: (argument) => measure(argument as Addresses) });
