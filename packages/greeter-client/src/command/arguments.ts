import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { connectionOf } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { greetingOf } from "./greeting.ts";
import type { Greeting, GreetingOptions } from "./greeting.ts";
import { parseHeaders } from "./header.ts";
import type { Messages, OptionName } from "./messages/messages.ts";
import { Settings } from "./setting.ts";
import type { SettingOptions } from "./setting.ts";
import { parseTimeout } from "./timeout.ts";
import { UsageError } from "./usage-error.ts";

/** A call that the command line asks for. */
export interface Call {
  readonly kind: "call";
  readonly greeting: Greeting;
  readonly connection: Connection;
  /** Undefined: no deadline. */
  readonly timeoutMs: number | undefined;
  readonly headers: Headers;
  /** Whether the channel's states are printed. */
  readonly watch: boolean;
}

/** What the command line asks for. */
export type Invocation = Call | { readonly kind: "print"; readonly text: string };

interface Options extends GreetingOptions, SettingOptions {
  readonly timeout?: string;
  readonly header?: readonly string[];
  readonly watch?: true;
  readonly json?: true;
}

const defaultTimeoutMs = 5000;

/** In the order of the help, which is in groups: greetings, servers, calls. */
const optionNames = [
  "languages",
  "all",
  "each",
  "address",
  "tls",
  "ca",
  "cert",
  "key",
  "server-name",
  "token",
  "token-file",
  "plaintext-token",
  "balancer",
  "retry",
  "timeout",
  "header",
  "watch",
  "json",
] as const satisfies readonly OptionName[];

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
  const command = new Command("privet")
    .exitOverride()
    .description(messages.description)
    .usage(messages.usage)
    .argument(`[${messages.names.term}...]`, messages.names.text);
  for (const name of optionNames) {
    const { value, text } = messages.options[name];
    const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
    if (name === "header") command.option(flags, text, collect);
    else command.option(flags, text);
  }
  return command
    .helpOption("-h, --help", messages.options.help.text)
    .version(version(), "-V, --version", messages.options.version.text)
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
    similar: similar.match(/--[a-z-]+/g) ?? [],
  });
}

function callOf(names: readonly string[], options: Options, env: NodeJS.ProcessEnv): Call {
  const greeting = greetingOf(names, options);
  const unlimited = greeting.kind === "each" ? undefined : defaultTimeoutMs;
  return {
    kind: "call",
    greeting,
    connection: connectionOf(new Settings(options, env)),
    timeoutMs: options.timeout === undefined ? unlimited : parseTimeout(options.timeout),
    headers: parseHeaders(options.header ?? []),
    watch: options.watch === true,
  };
}
