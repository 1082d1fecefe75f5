import type { Suite } from "@privet/testkit";
import { parseArgs } from "node:util";
import { soakClient } from "./client/soak.ts";
import { soakServer } from "./server/soak.ts";

/** Runs for so many minutes; answers the exit code. */
type Soak = (minutes: number) => Promise<number>;

const soaks = new Map<string, Soak>([
  ["server", soakServer],
  ["client", soakClient],
]);

const names = [...soaks.keys()].join("|");

/** Hours of calls of all sorts, in which memory, handles and open calls may not rise. */
export const soakSuite: Suite = {
  name: "soak",
  summary: `memory, handles and open calls over a long time: ${names} [--minutes N]`,
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { minutes: { type: "string", default: "30" } },
    });
    const minutes = Number(values.minutes);
    const soak = soaks.get(positionals[0] ?? "");
    if (soak === undefined || !(minutes >= 1)) {
      console.error(`soak: takes one of ${names}, and --minutes from 1`);
      return 2;
    }
    return soak(minutes);
  },
};
