import { tlsCredentialsFromFiles } from "@privet/rpc-server";
import type { ServerCredentials } from "@privet/rpc-server";
import type { LogLevel } from "./log-level.ts";
import type { Texts } from "./messages/texts.ts";
import type { GreeterServerOptions } from "./server.ts";
import { settingNames, settings } from "./settings.ts";
import type { Setting, SettingName, Values } from "./settings.ts";
import { readTokens } from "./tokens.ts";
import { UsageError } from "./usage-error.ts";

/** How the process is told to run. */
export interface Configuration extends Omit<GreeterServerOptions, "logger" | "interceptors"> {
  readonly logLevel: LogLevel;
}

/** What the user has written, and where. */
interface Given {
  readonly values: Values;
  /** The flag or variable that a setting comes from, or could come from. */
  readonly sources: Readonly<Record<SettingName, string>>;
  readonly texts: Texts;
}

/**
 * Puts a configuration together: a flag goes before the environment, and that
 * before the initial value. An empty variable counts as not set. The file of
 * tokens is read, certificates aren't.
 *
 * @throws UsageError that names the flag or variable, its value, and what would be right
 */
export function readConfiguration(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  env: Readonly<Record<string, string | undefined>>,
  texts: Texts,
): Configuration {
  const given = readValues(flags, env, texts);
  const { values } = given;
  return {
    address: values.address,
    engine: values.engine,
    credentials: credentialsOf(given),
    tokens: tokensOf(given),
    health: values.health,
    reflection: values.reflection,
    logLevel: values["log-level"],
    drainTimeoutMs: values["drain-timeout"],
    readMaxBytes: values["max-message-size"],
    maxConcurrentCalls: values["max-calls"],
    maxConnections: values["max-connections"],
    limits: {
      maxConcurrentStreams: values["max-streams"],
      maxConnectionAgeMs: values["max-connection-age"],
      maxConnectionAgeGraceMs: values["max-connection-age-grace"],
      keepaliveTimeMs: values["keepalive-time"],
      keepaliveTimeoutMs: values["keepalive-timeout"],
      minPingIntervalMs: values["min-ping-interval"],
    },
  };
}

function readValues(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  env: Readonly<Record<string, string | undefined>>,
  texts: Texts,
): Given {
  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, string>> = {};
  const faults: string[] = [];
  for (const name of settingNames) {
    const { environment, kind, initial, secret }: Setting = settings[name];
    const flag = flags[name];
    const fromEnvironment = env[environment] || undefined;
    const text = flag ?? fromEnvironment ?? initial;
    const isVariable = secret || (flag === undefined && fromEnvironment !== undefined);
    const source = isVariable ? environment : `--${name}`;
    sources[name] = source;
    if (text === undefined) continue;
    const value = kind.parse(text);
    if (value === undefined) {
      const right = texts.right[kind.name](kind.choices?.join(", ") ?? "");
      faults.push(texts.badValue(source, secret ? "…" : text, right));
    }
    values[name] = value;
  }
  if (faults.length > 0) throw new UsageError(faults.join("\n"));
  return { values: values as Values, sources: sources as Given["sources"], texts };
}

function credentialsOf({ values, sources, texts }: Given): ServerCredentials | undefined {
  const certificateChainFile = values["tls-cert"];
  const privateKeyFile = values["tls-key"];
  const rootCertificatesFile = values["tls-client-ca"];
  const clientCertificates = values["tls-client-auth"];
  const demand = (name: SettingName, other: SettingName): void => {
    if (values[name] === undefined || values[other] !== undefined) return;
    throw new UsageError(texts.needsToo(sources[name], sources[other]));
  };
  demand("tls-cert", "tls-key");
  demand("tls-key", "tls-cert");
  demand("tls-client-ca", "tls-cert");
  demand("tls-client-auth", "tls-client-ca");
  if (certificateChainFile === undefined || privateKeyFile === undefined) return undefined;
  return tlsCredentialsFromFiles({
    certificateChainFile,
    privateKeyFile,
    ...(rootCertificatesFile !== undefined && {
      rootCertificatesFile,
      clientCertificates: clientCertificates ?? "required",
    }),
  });
}

function tokensOf({ values, sources, texts }: Given): readonly string[] {
  const { token } = values;
  const file = values["token-file"];
  if (token === undefined && file === undefined) return [];
  const source = token === undefined ? sources["token-file"] : sources.token;
  if (token !== undefined && file !== undefined) {
    throw new UsageError(texts.oneOf(source, sources["token-file"]));
  }
  if (values["tls-cert"] === undefined && !values["plaintext-token"]) {
    throw new UsageError(texts.tokenNeedsTls(source));
  }
  if (file === undefined) return token === undefined ? [] : [token];
  try {
    return readTokens(file);
  } catch (error) {
    throw new UsageError(texts.unusable(source, (error as Error).message), { cause: error });
  }
}
