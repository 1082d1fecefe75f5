import { readFileSync } from "node:fs";

const ctrlC = "\u0003";

/**
 * Calls `listener` each time the user asks to stop: by Ctrl-C, SIGINT or SIGTERM.
 *
 * A terminal sends Ctrl-C to the whole foreground group. npx, and the shell
 * between it and pnpm, die of it at once: the prompt comes back with 130 while
 * the server still drains. So the terminal is made to hand Ctrl-C over as a
 * key, which nobody but this process sees.
 */
export function onInterrupt(listener: () => void): void {
  process.on("SIGINT", listener).on("SIGTERM", listener);
  const { stdin } = process;
  if (!stdin.isTTY || !inForeground()) return;
  stdin.setRawMode(true);
  stdin.setEncoding("utf8").on("data", (keys: string) => {
    if (keys.includes(ctrlC)) listener();
  });
  // The terminal is gone.
  stdin.once("end", listener).once("error", listener);
}

/** A process in the background that changes its terminal is stopped by the system. */
function inForeground(): boolean {
  if (process.platform !== "linux") return true;
  // proc_pid_stat(5): after the name in parentheses, pgrp is the third field and tpgid the sixth.
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
}
