import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { parseAddress } from "../address.ts";
import type { Address } from "../address.ts";
import { parseHeaders } from "./header.ts";
import type { Messages, OptionName } from "./messages/messages.ts";
import { parseTimeout } from "./timeout.ts";
import { UsageError } from "./usage-error.ts";

/** Whom to greet, and how. */
type Greeting =
  | { readonly kind: "one"; readonly name: string }
  | { readonly kind: "languages"; readonly name: string; readonly languageTags: readonly string[] }
  | { readonly kind: "all"; readonly names: readonly string[] }
  | { readonly kind: "each" };

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "print"; readonly text: string }
  | {
      readonly kind: "call";
      readonly greeting: Greeting;
      readonly address: Address;
      /** Undefined: no deadline. */
      readonly timeoutMs: number | undefined;
      readonly headers: Headers;
    };

interface Options {
  readonly languages?: string;
  readonly all?: true;
  readonly each?: true;
  readonly address?: string;
  readonly timeout?: string;
  readonly header?: readonly string[];
  readonly json?: true;
}

const defaultAddress = "localhost:50051";
const defaultTimeoutMs = 5000;
const world = "Мир";

/** Does the command line ask for JSON? It may be asked before anything else of it is understood. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).includes("--json");
}

/**
 * Understands the arguments after the program's name; help is coloured as
 * `stdout` can show it.
 *
 * @throws UsageError where they are wrong
 */
export function parseArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  messages: Messages,
  stdout: NodeJS.WritableStream,
): Invocation {
  let text = "";
  const command = createCommand(messages, stdout);
  command.configureOutput({ writeOut: (part) => (text += part), writeErr: () => {} });
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    if (error.exitCode === 0) {
      return { kind: "print", text };
    }
    throw usageError(error);
  }
  return callOf(command.args, command.opts<Options>(), env);
}

function createCommand(messages: Messages, stdout: NodeJS.WritableStream): Command {
  const flags = (name: OptionName): string => {
    const { value } = messages.options[name];
    return value === undefined ? `--${name}` : `--${name} <${value}>`;
  };
  const help = (name: OptionName): string => messages.options[name].text;
  return new Command("privet")
    .exitOverride()
    .description(messages.description)
    .usage(messages.usage)
    .argument(`[${messages.names.term}...]`, messages.names.text)
    .option(flags("languages"), help("languages"))
    .option(flags("all"), help("all"))
    .option(flags("each"), help("each"))
    .option(flags("address"), help("address"))
    .option(flags("timeout"), help("timeout"))
    .option(flags("header"), help("header"), collect)
    .option(flags("json"), help("json"))
    .helpOption("-h, --help", help("help"))
    .version(version(), "-V, --version", help("version"))
    .addHelpText("after", messages.epilogue)
    .configureHelp({
      styleTitle: (title) => {
        const known = (messages.titles as Readonly<Record<string, string>>)[title] ?? title;
        return styleText("bold", known, { stream: stdout });
      },
    })
    .configureOutput({ getOutHasColors: () => true });
}

function collect(value: string, former: readonly string[] | undefined): readonly string[] {
  return [...(former ?? []), value];
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** commander's own sentences are English: we take from them what was typed, between the quotes. */
function usageError({ code, message }: CommanderError): UsageError {
  const [, quoted = "", similar = ""] = /'(.*)'([^']*)$/s.exec(message) ?? [];
  if (code === "commander.optionMissingArgument") {
    return new UsageError({ kind: "missing-value", option: quoted });
  }
  return new UsageError({
    kind: "unknown-option",
    option: quoted,
    similar: similar.match(/--[a-z]+/g) ?? [],
  });
}

function callOf(names: readonly string[], options: Options, env: NodeJS.ProcessEnv): Invocation {
  const greeting = greetingOf(names, options);
  const unlimited = greeting.kind === "each" ? undefined : defaultTimeoutMs;
  return {
    kind: "call",
    greeting,
    address: addressOf(options, env),
    timeoutMs: options.timeout === undefined ? unlimited : parseTimeout(options.timeout),
    headers: parseHeaders(options.header ?? []),
  };
}

function greetingOf(names: readonly string[], options: Options): Greeting {
  const [one, other] = (["languages", "all", "each"] as const).filter((name) => name in options);
  if (one !== undefined && other !== undefined) {
    throw new UsageError({ kind: "conflict", options: [`--${one}`, `--${other}`] });
  }
  if (options.each) {
    if (names.length > 0) {
      throw new UsageError({ kind: "names-with-each" });
    }
    return { kind: "each" };
  }
  if (options.all) {
    if (names.length === 0) {
      throw new UsageError({ kind: "no-names" });
    }
    return { kind: "all", names };
  }
  if (names.length > 1) {
    throw new UsageError({ kind: "several-names", names });
  }
  const name = names[0] ?? world;
  return options.languages === undefined
    ? { kind: "one", name }
    : { kind: "languages", name, languageTags: languageTags(options.languages) };
}

function languageTags(value: string): readonly string[] {
  const tags = value.split(",").map((tag) => tag.trim());
  if (tags.includes("")) {
    throw new UsageError({ kind: "empty-language", value });
  }
  return tags;
}

function addressOf(options: Options, env: NodeJS.ProcessEnv): Address {
  const [source, value] =
    options.address === undefined
      ? ["PRIVET_ADDRESS", env["PRIVET_ADDRESS"] || defaultAddress]
      : ["--address", options.address];
  const address = parseAddress(value);
  if (typeof address === "string") {
    throw new UsageError({ kind: "bad-address", source, value, problem: address });
  }
  return address;
}
