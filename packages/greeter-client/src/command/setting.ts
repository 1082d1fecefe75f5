import { UsageError } from "./usage-error.ts";

/** What the command line or the environment says, and where: "--ca", "PRIVET_CA". */
export interface Setting<T = string> {
  readonly source: string;
  readonly value: T;
}

/** The options that the environment may give as well, with the name that commander keeps each under. */
const sources = {
  address: ["--address", "PRIVET_ADDRESS"],
  tls: ["--tls", "PRIVET_TLS"],
  ca: ["--ca", "PRIVET_CA"],
  cert: ["--cert", "PRIVET_CERT"],
  key: ["--key", "PRIVET_KEY"],
  serverName: ["--server-name", "PRIVET_SERVER_NAME"],
  token: ["--token", "PRIVET_TOKEN"],
  tokenFile: ["--token-file", "PRIVET_TOKEN_FILE"],
  plaintextToken: ["--plaintext-token", "PRIVET_PLAINTEXT_TOKEN"],
  retry: ["--retry", "PRIVET_RETRY"],
  balancer: ["--balancer", "PRIVET_BALANCER"],
} as const;

type Name = keyof typeof sources;

/** What commander has found: text, or true for an option without a value. */
export type SettingOptions = { readonly [N in Name]?: string | true };

/** Reads settings: an option goes before its variable; an empty variable is none. */
export class Settings {
  readonly #options: SettingOptions;
  readonly #env: NodeJS.ProcessEnv;

  constructor(options: SettingOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  get(name: Name): Setting | undefined {
    return this.option(name) ?? this.variable(name);
  }

  option(name: Name): Setting | undefined {
    const value = this.#options[name];
    return typeof value === "string" ? { source: sources[name][0], value } : undefined;
  }

  variable(name: Name): Setting | undefined {
    const [, source] = sources[name];
    const value = this.#env[source];
    return value ? { source, value } : undefined;
  }

  /**
   * Where it is switched on, if it is: by an option without a value, or a variable that is «on».
   *
   * @throws UsageError where the variable is neither on nor off
   */
  switchedOn(name: Name): string | undefined {
    const [option, variable] = sources[name];
    if (this.#options[name] === true) {
      return option;
    }
    const value = this.#env[variable] || "off";
    if (value !== "on" && value !== "off") {
      throw new UsageError({ kind: "bad-switch", source: variable, value });
    }
    return value === "on" ? variable : undefined;
  }
}
