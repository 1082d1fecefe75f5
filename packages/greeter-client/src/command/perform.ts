import type { CallOptions, Transport } from "@connectrpc/connect";
import { greet, greetAll, greetEach, greetInLanguages } from "../greet.ts";
import type { Call } from "./arguments.ts";
import { failureOf } from "./call-failure.ts";
import { openChannel } from "./channel.ts";
import type { Failure } from "./failure.ts";
import type { Greeting } from "./greeting.ts";
import { readNames } from "./names.ts";
import { printable, ReaderGoneError, writeLine } from "./output.ts";
import { printStates } from "./watch.ts";

/** What a call needs of the process. */
export type CallSurroundings = Pick<NodeJS.Process, "stdin" | "stdout" | "stderr">;

/** A greeting, as --json prints it. */
interface Greeted {
  readonly greeting: string;
  readonly languageTag?: string;
}

/**
 * Calls, and prints the greetings as they come; `interrupted` cancels the call.
 *
 * @returns how it ended, where that isn't well
 */
export async function perform(
  self: CallSurroundings,
  call: Call,
  json: boolean,
  interrupted: AbortSignal,
): Promise<Failure | undefined> {
  try {
    await printGreetings(self, call, json, interrupted);
    return undefined;
  } catch (error) {
    return error instanceof ReaderGoneError
      ? undefined
      : failureOf(error, call.connection.target.value, interrupted.aborted);
  }
}

async function printGreetings(
  { stdin, stdout, stderr }: CallSurroundings,
  { greeting, connection, headers, timeoutMs, watch }: Call,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  const channel = openChannel(connection);
  const watched = watch ? printStates(channel, stderr, json) : undefined;
  const options = { headers, signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  try {
    for await (const greeted of greetings(channel, greeting, options, stdin)) {
      const line = json ? JSON.stringify(greeted) : `Ответ сервера: ${printable(greeted.greeting)}`;
      await writeLine(stdout, line);
    }
  } finally {
    await channel.close();
    await watched;
  }
}

async function* greetings(
  transport: Transport,
  greeting: Greeting,
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
