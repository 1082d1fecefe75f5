import { spawn } from "node:child_process";
import { once } from "node:events";

/** How a program ended, and all that it printed. */
export interface ProgramResult {
  /** The exit code, or null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** Laid over the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to standard input, which is then closed; without it, standard input stays open. */
  readonly input?: string;
  /** The program is killed, and its `result` rejects, after so many milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
}

/** A running child process of a test. Dispose of it with `await using`. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Writes to standard input. */
  write(text: string): void;
  /** Closes standard input. */
  end(): void;
  signal(name: NodeJS.Signals): void;
  /**
   * The first match of `pattern` in what the program has printed or will print.
   * Rejects, with all output in the message, when the program ends without it.
   */
  waitFor(pattern: RegExp, stream?: "stdout" | "stderr"): Promise<RegExpExecArray>;
  /** Resolves when the program has ended, whatever its exit code. */
  readonly result: Promise<ProgramResult>;
}

/** Starts `command` without a shell. */
export function start(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: "pipe",
  });
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  const notify = (): void => {
    for (const watcher of watchers) watcher();
  };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      notify();
    });
  }
  // A program that ends before it has read its input breaks the pipe; its exit code tells more.
  child.stdin.on("error", () => {});
  if (options.input !== undefined) {
    child.stdin.end(options.input);
  }

  let ended = false;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeoutMs);
  const result = once(child, "close")
    .then(([code, signal]) => {
      if (timedOut) {
        throw new Error(`${command} was still running after ${timeoutMs} ms\n${transcript()}`);
      }
      return { code, signal, ...output };
    })
    .finally(() => {
      ended = true;
      clearTimeout(timer);
      notify();
    });
  // Whoever only waits for a line must not be hit by an unhandled rejection.
  result.catch(() => {});

  const transcript = (): string =>
    `--- ${command} ${args.join(" ")}\n--- stdout\n${output.stdout}\n--- stderr\n${output.stderr}`;

  return {
    pid: child.pid ?? -1,
    result,
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    waitFor: (pattern, stream = "stdout") =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output[stream]);
          if (match === null && !ended) return;
          watchers.delete(look);
          if (match === null) {
            reject(new Error(`ended without ${pattern} on ${stream}\n${transcript()}`));
          } else {
            resolve(match);
          }
        };
        watchers.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGKILL");
      await result.catch(() => {});
    },
  };
}
