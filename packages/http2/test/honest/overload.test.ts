import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { ErrorCode } from "../../src/index.ts";
import { connect } from "../../src/node/index.ts";
import { extent } from "../attacks/testkit/extent.ts";
import { Call, requestHeaders } from "./testkit/calls.ts";
import type { StalledEnd } from "./testkit/stalling-server.ts";

// A deadline storm seldom comes alone: the server is late because it has too
// much to do, and reads calls and their cancellations in one go.

const HEADERS = requestHeaders("/greeter.v1.GreeterService/SayHello");

interface Overload {
  readonly stallMs: number;
  readonly everyMs: number;
  readonly calls: number;
  readonly deadlineMs: number;
}

const overloads: readonly Overload[] = [
  { stallMs: 100, everyMs: 300, calls: 50, deadlineMs: 20 },
  { stallMs: 30, everyMs: 100, calls: 200, deadlineMs: 5 },
  { stallMs: 200, everyMs: 300, calls: 100, deadlineMs: 10 },
];

for (const { stallMs, everyMs, calls, deadlineMs } of overloads.slice(0, extent(1, 3))) {
  const name = `${calls} calls at a time, all past their ${deadlineMs} ms at a server that stalls for ${stallMs} ms`;
  test(`${name}, are honest traffic`, async () => {
    const args = [String(stallMs), String(everyMs)];
    const server = fork(join(import.meta.dirname, "testkit/stalling-server.ts"), args, {
      execArgv: ["-C", "@privet/source"],
    });
    try {
      const [port] = (await once(server, "message")) as [number];
      const link = await connect({ port, host: "127.0.0.1" });
      const until = performance.now() + extent(4000, 30_000);
      const lane = async (): Promise<void> => {
        while (performance.now() < until && !link.connection.draining) {
          const call = new Call(link.connection, HEADERS);
          const timer = setTimeout(() => call.stream.reset(ErrorCode.CANCEL), deadlineMs);
          await call.ended;
          clearTimeout(timer);
        }
      };
      await Promise.all(Array.from({ length: calls }, lane));
      const ended = once(server, "message") as Promise<[StalledEnd]>;
      link.destroy();
      const [{ end, resets }] = await ended;
      assert.deepEqual({ by: end.by, token: end.token }, { by: "transport", token: "" });
      assert.ok(resets > calls, `only ${resets} were cancelled`);
    } finally {
      server.kill();
    }
  });
}
