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
   * `subject-process.ts`. Others print one line of JSON to standard output,
   * what is ready, then answer commands that come as lines to standard input,
   * if they know any; they are measured from `/proc`.
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
    stdio: program.speaks ? ["ignore", "pipe", "inherit", "ipc"] : ["pipe", "pipe", "inherit"],
  });
  const exchange = new Exchange(program.speaks ? messagesOf(child) : linesOf(child));
  const ended = once(child, "close");
  const title = program.args.find((arg) => /\.(js|py)$/.test(arg)) ?? program.command;
  const ready = (await withinReadyTime(exchange.ready, ended, title, child)) as Ready;
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

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** The number of the answer that nobody asked for: what is ready. */
const READY_ID = 0;

/** What carries commands to a process, and its answers back. */
interface Wire {
  send(command: object): void;
  onAnswer(listener: (answer: Answer) => void): void;
  onEnd(listener: () => void): void;
}

/** The IPC channel of Node. */
function messagesOf(child: ChildProcess): Wire {
  return {
    send: (command) => child.send(command),
    onAnswer: (listener) => child.on("message", (message) => listener(message as Answer)),
    onEnd: (listener) => child.on("close", listener),
  };
}

/** Lines of JSON on the standard streams; the first answer is what is ready. */
function linesOf(child: ChildProcess): Wire {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the standard streams are not piped");
  // A process that has ended is told of by its end.
  stdin.on("error", () => {});
  let isReady = false;
  return {
    send: (command) => stdin.write(`${JSON.stringify(command)}\n`),
    onAnswer: (listener) =>
      createInterface({ input: stdout }).on("line", (line) => {
        const value: unknown = JSON.parse(line);
        listener(isReady ? (value as Answer) : { id: READY_ID, value });
        isReady = true;
      }),
    onEnd: (listener) => child.on("close", listener),
  };
}

/** Commands and answers, matched by number. */
class Exchange {
  readonly ready: Promise<unknown>;
  readonly #wire: Wire;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = READY_ID;

  constructor(wire: Wire) {
    this.#wire = wire;
    const ready = Promise.withResolvers<unknown>();
    this.#waiting.set(READY_ID, ready);
    this.ready = ready.promise;
    wire.onAnswer((answer) => this.#settle(answer));
    wire.onEnd(() => this.#rejectAll());
  }

  ask(command: string, argument?: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#waiting.set(id, pending);
    this.#wire.send({ id, command, argument });
    return pending.promise;
  }

  #settle(answer: Answer): void {
    const pending = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) pending?.resolve(answer.value);
    else pending?.reject(new Error(answer.error));
  }

  #rejectAll(): void {
    for (const [id, pending] of this.#waiting) {
      // Who waits for the process to be ready looks for its end too.
      if (id === READY_ID) continue;
      pending.promise.catch(() => {});
      pending.reject(new Error("the process under test has ended"));
    }
    this.#waiting.clear();
  }
}
