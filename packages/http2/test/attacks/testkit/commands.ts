/** What a victim does at the test's word: a name to a function of its argument. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

export interface Question {
  readonly id: number;
  readonly command: string;
  readonly argument?: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Answers commands over the IPC channel until the test goes away. */
export function answerCommands(commands: Commands): void {
  process.on("message", (question: Question) => void answer(commands, question));
  process.on("disconnect", () => process.exit());
}

async function answer(commands: Commands, question: Question): Promise<void> {
  const { id, command, argument } = question;
  try {
    const run = commands[command];
    if (run === undefined) throw new Error(`no command «${command}»`);
    send({ id, value: await run(argument as never) });
  } catch (error) {
    send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function send(message: Answer): void {
  process.send?.(message);
}
