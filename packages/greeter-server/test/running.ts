import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { fileURLToPath } from "node:url";
import { settingNames, settings } from "../src/settings.ts";

export const main: string = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Nothing that the one who runs the tests has set. */
const unset = Object.fromEntries(
  settingNames.map((name) => [settings[name].environment, undefined] as const),
);

/** Runs the server's process, with messages in English. */
export function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Program {
  return start(process.execPath, ["-C", "@privet/source", main, ...args], {
    env: { LC_ALL: "C", ...unset, ...env },
  });
}

/** Runs it on a free port of this machine. */
export function runHere(args: readonly string[], env: Record<string, string> = {}): Program {
  return run(["--address", "127.0.0.1:0", ...args], env);
}

/** Where it serves, once it does. */
export async function portOf(server: Program): Promise<number> {
  const [, port] = await server.waitFor(/"address":"[^"]*:(\d+)","msg":"serving"/);
  return Number(port);
}
