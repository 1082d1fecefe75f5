import assert from "node:assert/strict";
import { test } from "node:test";
import { bind } from "../../src/port/bind.ts";
import type { Binding } from "../../src/port/bind.ts";
import { RecordingLogger } from "../testkit/recording-logger.ts";

/** Listens nowhere at `host`. */
function failing(code: string, host: string): (binding: Binding) => Promise<Binding> {
  return (binding) =>
    "host" in binding && binding.host === host
      ? Promise.reject(Object.assign(new Error(code), { code }))
      : Promise.resolve(binding);
}

for (const code of ["EAFNOSUPPORT", "EADDRNOTAVAIL"]) {
  test(`[::] is 0.0.0.0 on a machine without IPv6 (${code}), and the log says so`, async () => {
    const logger = new RecordingLogger();
    const bound = await bind({ kind: "tcp", host: "::", port: 1 }, logger, failing(code, "::"));
    assert.deepEqual(bound, { host: "0.0.0.0", port: 1 });
    assert.match(logger.entries[0]?.message ?? "", /no IPv6/);
  });
}

for (const [code, host] of [
  ["EADDRNOTAVAIL", "::1"],
  ["EADDRINUSE", "::"],
] as const) {
  test(`${host} gives way to nothing at ${code}`, async () => {
    const logger = new RecordingLogger();
    const bound = bind({ kind: "tcp", host, port: 1 }, logger, failing(code, host));
    await assert.rejects(bound, { code });
    assert.deepEqual(logger.entries, []);
  });
}
