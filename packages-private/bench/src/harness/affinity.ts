import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which core belongs to whom: the process under test never shares its own with the load. */
export interface Affinity {
  /** False where `taskset` or a second core is missing: every figure is then marked so. */
  readonly pinned: boolean;
  /** Why not, where not. */
  readonly reason: string | undefined;
  /** The command line that starts `command` on the core of the process under test. */
  wrap(command: string, args: readonly string[]): readonly [string, ...string[]];
  /** The affinity of the programs that make the load. */
  readonly load: Pick<Affinity, "wrap">;
  /** The same, for load that must not keep other load waiting for the core. */
  readonly background: Pick<Affinity, "wrap">;
  /** Moves this whole process to the core of the load. */
  takeLoadCore(): void;
}

const LOAD_CORE = "0";
const SUBJECT_CORE = "1";

/** Looks what this machine allows. */
export function findAffinity(): Affinity {
  const reason = obstacle();
  const pinned = reason === undefined;
  const wrapOn =
    (core: string, ...modifiers: readonly string[]): Affinity["wrap"] =>
    (command, args) =>
      pinned ? ["taskset", "-c", core, ...modifiers, command, ...args] : [command, ...args];
  return {
    pinned,
    reason,
    wrap: wrapOn(SUBJECT_CORE),
    load: { wrap: wrapOn(LOAD_CORE) },
    background: { wrap: wrapOn(LOAD_CORE, "nice", "-n", "19") },
    takeLoadCore: () => {
      if (!pinned) return;
      spawnSync("taskset", ["-a", "-cp", LOAD_CORE, String(process.pid)], { stdio: "ignore" });
    },
  };
}

function obstacle(): string | undefined {
  if (availableParallelism() < 2) return "this machine has one core";
  const probe = spawnSync("taskset", ["-c", `${LOAD_CORE},${SUBJECT_CORE}`, "true"], {
    stdio: "ignore",
  });
  return probe.status === 0 ? undefined : "taskset is missing (Debian: util-linux)";
}
