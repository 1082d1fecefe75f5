import type { CallOptions } from "@connectrpc/connect";
import { greet, greetAll, greetEach, greetInLanguages } from "../greet.ts";
import { createTransport } from "../transport.ts";
import type { GreeterTransport } from "../transport.ts";
import { parseArguments, wantsJson } from "./arguments.ts";
import type { Invocation } from "./arguments.ts";
import { exitCodes, failureOf } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { localeOf } from "./locale.ts";
import { en } from "./messages/en.ts";
import type { FailureContext, Lines, Messages } from "./messages/messages.ts";
import { ru } from "./messages/ru.ts";
import { readNames } from "./names.ts";
import { label, printable, ReaderGoneError, writeLine } from "./output.ts";

/** What the command needs of its process. */
export type Surroundings = Pick<NodeJS.Process, "argv" | "env" | "stdin" | "stdout" | "stderr">;

type Call = Extract<Invocation, { kind: "call" }>;

/** A greeting, as --json prints it. */
interface Greeted {
  readonly greeting: string;
  readonly languageTag?: string;
}

/** A host that doesn't answer at all is reported as soon as the default deadline would be. */
const connectTimeoutMs = 5000;

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
  const messages = { ru, en }[localeOf(self.env)];
  let call: Call | undefined;
  try {
    const invocation = parseArguments(args, self.env, messages, self.stdout);
    if (invocation.kind === "print") {
      await writeLine(self.stdout, invocation.text.trimEnd());
      return 0;
    }
    call = invocation;
    await print(self, call, wantsJson(args), interrupted);
    return 0;
  } catch (error) {
    if (error instanceof ReaderGoneError) {
      return 0;
    }
    const failure = failureOf(error, interrupted.aborted);
    await report(self, failure, explain(failure, messages, call), wantsJson(args));
    return exitCodes[failure.kind];
  }
}

async function print(
  { stdin, stdout }: Surroundings,
  call: Call,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const transport = createTransport(call.address.url, { connectTimeoutMs });
  const { headers, timeoutMs } = call;
  const options = { headers, signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  try {
    for await (const greeted of greetings(transport, call, options, stdin)) {
      const line = json ? JSON.stringify(greeted) : `Ответ сервера: ${printable(greeted.greeting)}`;
      await writeLine(stdout, line);
    }
  } finally {
    transport.close();
  }
}

async function* greetings(
  transport: GreeterTransport,
  { greeting }: Call,
  options: CallOptions,
  stdin: NodeJS.Process["stdin"],
): AsyncGenerator<Greeted, void> {
  switch (greeting.kind) {
    case "one":
      yield { greeting: await greet(transport, greeting.name, options) };
      return;
    case "languages":
      yield* greetInLanguages(transport, greeting.name, greeting.languageTags, options);
      return;
    case "all":
      yield { greeting: await greetAll(transport, greeting.names, options) };
      return;
    case "each":
      for await (const each of greetEach(transport, readNames(stdin), options)) {
        yield { greeting: each };
      }
  }
}

function explain(failure: Failure, messages: Messages, call: Call | undefined): string {
  if (failure.kind === "usage") {
    return `${lineOf(messages.faults, failure.fault, undefined)} (${messages.seeHelp})`;
  }
  const context: FailureContext = {
    authority: call?.address.authority ?? "",
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
