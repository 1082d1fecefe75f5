import * as v from "valibot";
import { parseAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { parseDuration } from "./duration.ts";
import type { Messages } from "./messages.ts";
import { settings } from "./settings.ts";
import type { SettingName } from "./settings.ts";

/** How the process is told to run. */
export interface Configuration {
  readonly address: Address;
  readonly logLevel: LogLevel;
  readonly drainTimeoutMs: number;
}

export type LogLevel = (typeof logLevels)[number];

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const longestDrainMs = 24 * 60 * 60 * 1_000;

/** A mistake in flags or environment; the message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Puts a configuration together: a flag goes before the environment, and that
 * before the initial value. An empty variable counts as not set.
 *
 * @throws UsageError that names the flag or variable, its value, and what would be right
 */
export function readConfiguration(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  env: Readonly<Record<string, string | undefined>>,
  texts: Messages,
): Configuration {
  const given: Record<string, string> = {};
  const sources: Record<string, string> = {};
  for (const { name, environment, initial } of settings) {
    const flag = flags[name];
    given[name] = flag ?? (env[environment] || initial);
    sources[name] = flag === undefined ? environment : `--${name}`;
  }
  const result = v.safeParse(schemaOf(texts), given);
  if (!result.success) {
    const faults = result.issues.map((issue) => {
      const name = String(issue.path?.[0].key);
      return texts.badValue(sources[name] ?? name, given[name] ?? "", issue.message);
    });
    throw new UsageError(faults.join("\n"));
  }
  return {
    address: result.output.address,
    logLevel: result.output["log-level"],
    drainTimeoutMs: result.output["drain-timeout"],
  };
}

// Return types of schemas are valibot's own to infer.
function schemaOf(texts: Messages) {
  return v.object({
    address: parsedBy(parseAddress, texts.rightAddress),
    "log-level": v.picklist(logLevels, texts.rightLogLevel(logLevels.join(", "))),
    "drain-timeout": v.pipe(
      parsedBy(parseDuration, texts.rightDuration),
      v.maxValue(longestDrainMs, texts.rightDuration),
    ),
  });
}

function parsedBy<T>(parse: (text: string) => T | undefined, right: string) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(dataset.value);
      if (parsed !== undefined) return parsed;
      addIssue({ message: right });
      return NEVER;
    }),
  );
}
