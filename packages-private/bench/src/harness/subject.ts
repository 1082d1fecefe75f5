import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ChildProcess } from "node:child_process";
import type { Affinity } from "./affinity.ts";
import { cpuMicrosOf, residentBytesOf } from "./process-figures.ts";

/** How to start a process under test. */
export interface SubjectProgram {
  readonly command: string;
  readonly args: readonly string[];
  /**
   * True for our own Node programs: they speak the messages of
   * `subject-process.ts`. Others print one line of JSON, what is ready, to
   * standard output and are measured from `/proc`.
   */
  readonly speaks: boolean;
}

/** A process under test, started and ready. Dispose of it with `await using`. */
export interface Subject<Ready> extends AsyncDisposable {
  readonly pid: number;
  /** What the process said when it was ready: its ports. */
  readonly ready: Ready;
  /** CPU time used so far by all its threads, in microseconds. */
  cpuMicros(): Promise<number>;
  /** Resident memory in bytes, after a garbage collection where the process can do one. */
  residentBytes(): Promise<number>;
  /** Sends a command to a process that speaks, and waits for its answer. */
  ask(command: string, argument?: unknown): Promise<unknown>;
}

const READY_MS = 60_000;

/**
 * Starts `program` on the core that `affinity` gives it.
 *
 * @throws Error where it ends, or says nothing for a minute, before it is ready
 */
export async function startSubject<Ready>(
  program: SubjectProgram,
  affinity: Pick<Affinity, "wrap">,
): Promise<Subject<Ready>> {
  const [command, ...args] = affinity.wrap(program.command, program.args);
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "inherit", program.speaks ? "ipc" : "ignore"],
  });
  const exchange = new Exchange(child);
  const ended = once(child, "close");
  const title = program.args.find((arg) => /\.(js|py)$/.test(arg)) ?? program.command;
  const ready = (await withinReadyTime(
    program.speaks ? exchange.ready : firstLine(child),
    ended,
    title,
    child,
  )) as Ready;
  const pid = child.pid ?? -1;
  return {
    pid,
    ready,
    cpuMicros: async () => (program.speaks ? Number(await exchange.ask("cpu")) : cpuMicrosOf(pid)),
    residentBytes: async () => {
      if (program.speaks) await exchange.ask("collect");
      return residentBytesOf(pid);
    },
    ask: (name, argument) => exchange.ask(name, argument),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function withinReadyTime(
  ready: Promise<unknown>,
  ended: Promise<unknown>,
  title: string,
  child: ChildProcess,
): Promise<unknown> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${title} said nothing for a minute`)), READY_MS);
  const gone = ended.then(() => {
    throw new Error(`${title} ended before it was ready`);
  });
  try {
    return await Promise.race([ready, late, gone]);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
    gone.catch(() => {});
  }
}

async function firstLine(child: ChildProcess): Promise<unknown> {
  if (child.stdout === null) throw new Error("standard output is not piped");
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  return JSON.parse(line);
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Commands and answers over the IPC channel, matched by number; number 0 says "ready". */
class Exchange {
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    const ready = Promise.withResolvers<unknown>();
    this.#waiting.set(0, ready);
    this.ready = ready.promise;
    child.on("message", (message) => this.#settle(message as Answer));
    child.on("close", () => this.#rejectAll());
  }

  ask(command: string, argument?: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#waiting.set(id, pending);
    this.#child.send({ id, command, argument }, (error) => {
      if (error !== null) pending.reject(error);
    });
    return pending.promise;
  }

  #settle(answer: Answer): void {
    const pending = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) pending?.resolve(answer.value);
    else pending?.reject(new Error(answer.error));
  }

  #rejectAll(): void {
    for (const pending of this.#waiting.values()) {
      pending.promise.catch(() => {});
      pending.reject(new Error("the process under test has ended"));
    }
    this.#waiting.clear();
  }
}
