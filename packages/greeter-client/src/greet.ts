import { createClient } from "@connectrpc/connect";
import type { CallOptions, Transport } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";

/** Connect's options of a call, and the language of the greeting. */
export interface GreetOptions extends CallOptions {
  /** BCP 47, such as "en" or "pt-BR". Default: Russian. */
  readonly languageTag?: string;
}

/** A greeting in one of the languages asked for. */
export interface LanguageGreeting {
  readonly greeting: string;
  /** The tag, as the caller wrote it. */
  readonly languageTag: string;
}

/** Names that are there already, or that come in time. */
export type Names = Iterable<string> | AsyncIterable<string>;

/**
 * Greets one person: `Привет, Мир!`.
 *
 * @throws ConnectError with INVALID_ARGUMENT, and a google.rpc.BadRequest among
 *   its details, where the name or the language isn't valid; with any other
 *   code that a call can end with
 */
export async function greet(
  transport: Transport,
  name: string,
  options: GreetOptions = {},
): Promise<string> {
  const { languageTag = "", ...call } = options;
  const client = createClient(GreeterService, transport);
  const { greeting } = await client.sayHello({ name, languageTag }, call);
  return greeting;
}

/**
 * Greets one person in each of the languages, in their order; in Russian alone
 * where none is given. The call starts with the first read; a reader that
 * stops early cancels it.
 *
 * @throws ConnectError as `greet` does, before the first greeting where the
 *   request isn't valid
 */
export function greetInLanguages(
  transport: Transport,
  name: string,
  languageTags: readonly string[],
  options: CallOptions = {},
): AsyncGenerator<LanguageGreeting, void> {
  const client = createClient(GreeterService, transport);
  return whileRead(options, async function* greetings(call) {
    const request = { name, languageTags: [...languageTags] };
    for await (const { greeting, languageTag } of client.sayHelloInLanguages(request, call)) {
      yield { greeting, languageTag };
    }
  });
}

/**
 * Greets everyone at once: `Привет, Анна, Борис и Вера!`. The answer comes when
 * the names have ended.
 *
 * @throws ConnectError as `greet` does, and with RESOURCE_EXHAUSTED where the
 *   names are too many; with what `names` throws as its cause
 */
export async function greetAll(
  transport: Transport,
  names: Names,
  options: CallOptions = {},
): Promise<string> {
  const client = createClient(GreeterService, transport);
  const { greeting } = await client.sayHelloToAll(requests(names), options);
  return greeting;
}

/**
 * Greets each person as soon as `names` yields the name, while it goes on. The
 * call starts with the first read; a reader that stops early cancels it.
 *
 * @throws ConnectError as `greet` does, after the greetings of the names before
 *   the bad one; with what `names` throws as its cause
 */
export function greetEach(
  transport: Transport,
  names: Names,
  options: CallOptions = {},
): AsyncGenerator<string, void> {
  const client = createClient(GreeterService, transport);
  return whileRead(options, async function* greetings(call) {
    for await (const { greeting } of client.sayHelloToEach(requests(names), call)) {
      yield greeting;
    }
  });
}

async function* requests(names: Names): AsyncGenerator<{ name: string }, void> {
  for await (const name of names) {
    yield { name };
  }
}

/**
 * Cancels the call when the reader goes away: Connect's response streams can't
 * be returned from, so that a `break` alone would leave the call open.
 */
async function* whileRead<T>(
  options: CallOptions,
  open: (call: CallOptions) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  const reader = new AbortController();
  const signals = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([...signals, reader.signal]);
  try {
    yield* open({ ...options, signal });
  } finally {
    reader.abort();
  }
}
