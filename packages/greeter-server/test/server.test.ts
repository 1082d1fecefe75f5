import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "../src/index.ts";
import type { Address, GreeterServer, Runtime } from "../src/index.ts";

interface Standing {
  readonly server: GreeterServer;
  /** Where the runtime was told to listen. */
  readonly asked: Address[];
  readonly logged: string[];
}

/** A server on a runtime that `listen` and `drain` stand in for. */
function stand(address: Address, listen: Runtime["listen"], cut = 0): Standing {
  const asked: Address[] = [];
  const logged: string[] = [];
  const log = (...args: unknown[]): void => void logged.push(String(args.at(-1)));
  const runtime: Runtime = {
    listen(at) {
      asked.push(at);
      return listen(at);
    },
    drain: () => Promise.resolve(cut),
  };
  const logger = { info: log, warn: log };
  return { server: build({ address, drainTimeoutMs: 10, logger, runtime }), asked, logged };
}

function failing(code: string, host: string): Runtime["listen"] {
  return (address) =>
    address.host === host
      ? Promise.reject(Object.assign(new Error(code), { code }))
      : Promise.resolve(address);
}

test("build starts nothing", () => {
  const { asked, logged } = stand({ host: "::", port: 1 }, (address) => Promise.resolve(address));
  assert.deepEqual(asked, []);
  assert.deepEqual(logged, []);
});

for (const code of ["EAFNOSUPPORT", "EADDRNOTAVAIL"]) {
  test(`a machine without IPv6 (${code}) is served on 0.0.0.0, and the log says so`, async () => {
    const { server, asked, logged } = stand({ host: "::", port: 1 }, failing(code, "::"));
    assert.deepEqual(await server.listen(), { host: "0.0.0.0", port: 1 });
    assert.deepEqual(
      asked.map(({ host }) => host),
      ["::", "0.0.0.0"],
    );
    assert.match(logged.join("\n"), /no IPv6/);
  });
}

test("an IPv6 address that was asked for by name gives way to nothing", async () => {
  const { server, asked } = stand({ host: "::1", port: 1 }, failing("EADDRNOTAVAIL", "::1"));
  await assert.rejects(server.listen(), { code: "EADDRNOTAVAIL" });
  assert.equal(asked.length, 1);
});

test("a port in use is an error, and not a reason to leave IPv6", async () => {
  const { server, asked } = stand({ host: "::", port: 1 }, failing("EADDRINUSE", "::"));
  await assert.rejects(server.listen(), { code: "EADDRINUSE" });
  assert.equal(asked.length, 1);
});

test("calls that the drain cut off are told of in the log", async () => {
  const address = { host: "::", port: 1 };
  const { server, logged } = stand(address, (at) => Promise.resolve(at), 3);
  await server.drain();
  assert.ok(logged.some((line) => line.includes("cut off")));
});
