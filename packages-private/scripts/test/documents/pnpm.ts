import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";

/**
 * Runs the pnpm that runs the tests, in `folder`, as somebody with a C locale
 * would; client and server meet at `address` and not on port 50051.
 */
export function pnpm(args: readonly string[], folder: string, address: string): Program {
  const path = process.env["npm_execpath"] ?? "pnpm";
  const [file, first] = /\.[cm]?js$/.test(path) ? [process.execPath, [path]] : [path, []];
  const env = { PRIVET_ADDRESS: address, LC_ALL: "C.UTF-8" };
  return start(file, [...first, ...args], { cwd: folder, env, timeoutMs: 120_000 });
}

/** An address of this machine that nobody listens on. */
export async function freeAddress(): Promise<string> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return `127.0.0.1:${port}`;
}
