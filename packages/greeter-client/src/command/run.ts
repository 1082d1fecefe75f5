import { parseArguments, wantsJson } from "./arguments.ts";
import type { Call, Invocation } from "./arguments.ts";
import { exitCodes } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { localeOf } from "./locale.ts";
import { en } from "./messages/en.ts";
import type { FailureContext, Lines, Messages } from "./messages/messages.ts";
import { ru } from "./messages/ru.ts";
import { label, printable, ReaderGoneError, writeLine } from "./output.ts";
import { UsageError } from "./usage-error.ts";

/** What the command needs of its process. */
export type Surroundings = Pick<NodeJS.Process, "argv" | "env" | "stdin" | "stdout" | "stderr">;

/**
 * Runs the command `privet`; `interrupted` cancels its call.
 *
 * @returns the exit code
 */
export async function run(self: Surroundings, interrupted: AbortSignal): Promise<number> {
  for (const stream of [self.stdout, self.stderr]) {
    // Each write answers for itself.
    stream.on("error", () => {});
  }
  const args = self.argv.slice(2);
  const json = wantsJson(args);
  const messages = { ru, en }[localeOf(self.env)];
  const invocation = parse(args, self, messages);
  const failure = await follow(invocation, self, json, interrupted);
  if (failure === undefined) {
    return 0;
  }
  const call = invocation.kind === "call" ? invocation : undefined;
  await report(self, failure, explain(failure, messages, call), json);
  return exitCodes[failure.kind];
}

function parse(
  args: readonly string[],
  { env, stdout }: Surroundings,
  messages: Messages,
): Invocation | Extract<Failure, { kind: "usage" }> {
  try {
    return parseArguments(args, env, messages, stdout);
  } catch (error) {
    if (error instanceof UsageError) {
      return { kind: "usage", fault: error.fault };
    }
    throw error;
  }
}

/** @returns how it ended, where that isn't well */
async function follow(
  invocation: ReturnType<typeof parse>,
  self: Surroundings,
  json: boolean,
  interrupted: AbortSignal,
): Promise<Failure | undefined> {
  if (invocation.kind === "usage") {
    return invocation;
  }
  if (invocation.kind === "print") {
    await writeLine(self.stdout, invocation.text.trimEnd()).catch(unlessReaderGone);
    return undefined;
  }
  // What only calls need isn't loaded for help or a mistake.
  const { perform } = await import("./perform.ts");
  return perform(self, invocation, json, interrupted);
}

function unlessReaderGone(error: unknown): void {
  if (!(error instanceof ReaderGoneError)) {
    throw error;
  }
}

function explain(failure: Failure, messages: Messages, call: Call | undefined): string {
  if (failure.kind === "usage") {
    return `${lineOf(messages.faults, failure.fault, undefined)} (${messages.seeHelp})`;
  }
  const context: FailureContext = {
    target: call?.connection.target.value ?? "",
    tls: call?.connection.tls !== undefined,
    timeoutMs: call?.timeoutMs,
  };
  return lineOf(messages.failures, failure, context);
}

/** The types know which line takes which fault, but not that `kind` ties the two together. */
function lineOf<Fault extends { readonly kind: string }, Context>(
  lines: Lines<Fault, Context>,
  fault: Fault,
  context: Context,
): string {
  const line = lines[fault.kind as Fault["kind"]] as (fault: Fault, context: Context) => string;
  return line(fault, context);
}

async function report(
  { stderr }: Surroundings,
  failure: Failure,
  message: string,
  json: boolean,
): Promise<void> {
  const exitCode = exitCodes[failure.kind];
  const line = json
    ? JSON.stringify({ error: { ...failure, message, exitCode } })
    : `${label(stderr)} ${printable(message)}`;
  // Nobody may be reading standard error; the exit code still tells.
  await writeLine(stderr, line).catch(() => {});
}
