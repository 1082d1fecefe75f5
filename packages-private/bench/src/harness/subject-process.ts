/** What a process under test does at the bench's word: a name to a function of its argument. */
export type Commands = Readonly<Record<string, (argument: unknown) => unknown>>;

interface Command {
  readonly id: number;
  readonly command: string;
  readonly argument?: unknown;
}

/**
 * Makes this process a subject: says that it is ready, with `ready` (its
 * ports), then answers commands until the bench goes away.
 * `cpu` and `collect` are answered here.
 */
export function becomeSubject(ready: unknown, commands: Commands = {}): void {
  const all: Commands = { cpu: usedCpuMicros, collect: collectGarbage, ...commands };
  process.on("message", (message) => void answer(all, message as Command));
  process.on("disconnect", () => process.exit());
  send({ id: 0, value: ready });
}

async function answer(commands: Commands, { id, command, argument }: Command): Promise<void> {
  try {
    const run = commands[command];
    if (run === undefined) throw new Error(`no command «${command}»`);
    send({ id, value: await run(argument) });
  } catch (error) {
    send({ id, error: String(error) });
  }
}

function send(message: object): void {
  process.send?.(message);
}

function usedCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function collectGarbage(): void {
  // Takes the heap's spare pages out of the resident memory too.
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
