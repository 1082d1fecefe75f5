import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { build } from "../src/index.ts";
import type { Address, GreeterServer } from "../src/index.ts";

interface Standing {
  readonly server: GreeterServer;
  readonly logged: string[];
}

function stand(address: Address): Standing {
  const logged: string[] = [];
  const log = (_: object, message: string): void => void logged.push(message);
  const logger = { info: log, warn: log, error: log };
  return { server: build({ address, drainTimeoutMs: 10, logger }), logged };
}

async function refuses(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test("build starts nothing; listen answers where; drain ends it", async () => {
  const first = stand({ host: "127.0.0.1", port: 0 });
  assert.deepEqual(first.logged, []);
  const { host, port } = await first.server.listen();
  assert.equal(host, "127.0.0.1");
  // The port is taken, which a server that only stands there doesn't notice.
  const second = stand({ host, port });
  assert.deepEqual(second.logged, []);
  await assert.rejects(second.server.listen(), { code: "EADDRINUSE" });
  assert.equal(await refuses(port), false);
  await first.server.drain();
  assert.deepEqual(first.logged, ["serving", "draining", "stopped"]);
  assert.equal(await refuses(port), true);
});
