import { Code, ConnectError } from "@connectrpc/connect";
import type { ResolvedServiceConfig } from "./resolver.ts";

/** The name of the TXT records that carry service configs for `host` (gRFC A2). */
export function serviceConfigName(host: string): string {
  return `_grpc_config.${host}`;
}

const prefix = "grpc_config=";
/** What clientLanguage calls us (gRFC A2). */
const language = "node";

/** Which client chooses. */
export interface Chooser {
  /** This machine's name. */
  readonly hostname: string;
  /** From 0 to 99: the percentage of clients that are below this one. */
  readonly percentile: number;
}

/**
 * The first service config in TXT records that is meant for this client
 * (gRFC A2); undefined where none is.
 */
export function chooseServiceConfig(
  records: readonly (readonly string[])[],
  chooser: Chooser,
): ResolvedServiceConfig | undefined {
  for (const record of records) {
    const text = record.join("");
    if (!text.startsWith(prefix)) continue;
    const choices = parseChoices(text.slice(prefix.length));
    if (choices instanceof ConnectError) return { kind: "error", error: choices };
    const choice = choices.find((candidate) => isMeant(candidate, chooser));
    if (choice !== undefined) return { kind: "json", json: choice.serviceConfig };
  }
  return undefined;
}

interface Choice {
  readonly clientLanguage?: readonly string[];
  readonly percentage?: number;
  readonly clientHostname?: readonly string[];
  readonly serviceConfig: unknown;
}

function parseChoices(text: string): Choice[] | ConnectError {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return broken(`it is no JSON (${(error as Error).message})`, error);
  }
  if (!Array.isArray(json)) return broken("it is no list of choices");
  for (const [i, choice] of json.entries()) {
    const wrong = whatIsWrong(choice);
    if (wrong !== undefined) return broken(`$[${i}]${wrong}`);
  }
  return json as Choice[];
}

function whatIsWrong(choice: unknown): string | undefined {
  if (typeof choice !== "object" || choice === null) return " is no object";
  const { clientLanguage, percentage, clientHostname, serviceConfig } = choice as Partial<Choice>;
  if (!isStrings(clientLanguage)) return ".clientLanguage is no list of strings";
  if (!isStrings(clientHostname)) return ".clientHostname is no list of strings";
  if (
    percentage !== undefined &&
    !(Number.isInteger(percentage) && percentage >= 0 && percentage <= 100)
  ) {
    return ".percentage is no whole number from 0 to 100";
  }
  return serviceConfig === undefined ? " has no serviceConfig" : undefined;
}

function isStrings(value: unknown): boolean {
  return (
    value === undefined ||
    (Array.isArray(value) && value.every((element) => typeof element === "string"))
  );
}

function isMeant(choice: Choice, { hostname, percentile }: Chooser): boolean {
  const { clientLanguage = [], percentage = 100, clientHostname = [] } = choice;
  return (
    (clientLanguage.length === 0 ||
      clientLanguage.some((candidate) => candidate.toLowerCase() === language)) &&
    (clientHostname.length === 0 || clientHostname.includes(hostname)) &&
    percentile < percentage
  );
}

function broken(why: string, cause?: unknown): ConnectError {
  return new ConnectError(
    `the service config in DNS can't be used: ${why}`,
    Code.Unavailable,
    undefined,
    undefined,
    cause,
  );
}
