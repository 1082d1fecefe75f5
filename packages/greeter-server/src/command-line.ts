import { Command, CommanderError } from "commander";
import { readFileSync } from "node:fs";
import { readConfiguration } from "./configuration.ts";
import type { Configuration } from "./configuration.ts";
import type { Texts } from "./messages/texts.ts";
import { settingNames, settings } from "./settings.ts";
import type { Setting, SettingName } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Reads flags and environment; `--help` and `--version` are answered on
 * standard output.
 *
 * @returns undefined, where the command line asked for no more than that
 * @throws UsageError where it can't be followed
 */
export function readCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  texts: Texts,
): Configuration | undefined {
  const command = describe(texts);
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(explain(error, texts));
  }
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of settingNames) {
    const value: unknown = command.getOptionValue(camelCase(name));
    if (typeof value === "string") flags[name] = value;
  }
  return readConfiguration(flags, env, texts);
}

function describe(texts: Texts): Command {
  const titles: Readonly<Record<string, string>> = {
    "Usage:": texts.usageTitle,
    "Options:": texts.optionsTitle,
  };
  const command = new Command("privet-server")
    .description(texts.description)
    .usage(texts.usage)
    .helpOption("-h, --help", texts.help)
    .version(version(), "-V, --version", texts.version)
    .configureHelp({ styleTitle: (title) => titles[title] ?? title })
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  for (const name of settingNames) {
    const { environment, kind, initial, secret }: Setting = settings[name];
    if (secret) continue;
    const value = kind.choices?.join("|") ?? texts.values[kind.name];
    const summary = `${texts.summaries[name]} ${texts.note(environment, initial)}`;
    command.option(`--${name} <${value}>`, summary);
  }
  return command;
}

/** Says in the user's language what commander says in English. */
function explain(error: CommanderError, texts: Texts): string {
  const option = /'(?<option>[^' ]*)/.exec(error.message)?.groups?.["option"] ?? "";
  switch (error.code) {
    case "commander.unknownOption":
      return texts.unknownOption(option);
    case "commander.optionMissingArgument":
      return texts.missingValue(option);
    case "commander.excessArguments":
      return texts.excessArguments;
    default:
      return error.message;
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/-(?<letter>\w)/g, (_, letter: string) => letter.toUpperCase());
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
