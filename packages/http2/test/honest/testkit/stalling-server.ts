import type { AddressInfo } from "node:net";
import { listen } from "../../../src/node/index.ts";
import type { ConnectionEnd } from "../../../src/index.ts";
import { replyAfter } from "./calls.ts";

// A server that is overloaded: it never answers in time, and its event loop
// stands still again and again. Arguments: for how long, and how often, in ms.

const [stallMs = 0, everyMs = 0] = process.argv.slice(2).map(Number);
const NEVER_MS = 600_000;

/** What the parent is told when a connection has ended. */
export interface StalledEnd {
  readonly end: ConnectionEnd;
  readonly resets: number;
}

const neverInTime = replyAfter(() => NEVER_MS)();
const listener = await listen({
  port: 0,
  host: "127.0.0.1",
  handler: ({ connection }) => ({
    ...neverInTime,
    closed: (end) => {
      const told: StalledEnd = { end, resets: connection.stats().resetsReceived };
      process.send?.(told);
    },
  }),
});

setInterval(() => {
  const until = performance.now() + stallMs;
  while (performance.now() < until);
}, everyMs);

process.on("disconnect", () => process.exit());
process.send?.((listener.address as AddressInfo).port);
