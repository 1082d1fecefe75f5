import type { Address } from "./address.ts";
import {
  address,
  choice,
  count,
  file,
  lifetime,
  onOff,
  period,
  size,
  time,
  token,
} from "./kind.ts";
import type { Kind } from "./kind.ts";
import { logLevels } from "./log-level.ts";
import type { LogLevel } from "./log-level.ts";

/** What the process can be told, by the name of the flag; undefined where it is told nothing. */
export interface Values {
  readonly address: Address;
  readonly engine: "privet" | "node";
  readonly "tls-cert": string | undefined;
  readonly "tls-key": string | undefined;
  readonly "tls-client-ca": string | undefined;
  readonly "tls-client-auth": "required" | "optional" | undefined;
  readonly token: string | undefined;
  readonly "token-file": string | undefined;
  readonly "plaintext-token": boolean;
  readonly health: boolean;
  readonly reflection: boolean;
  readonly "log-level": LogLevel;
  readonly "drain-timeout": number;
  readonly "max-message-size": number;
  readonly "max-calls": number;
  readonly "max-connections": number;
  readonly "max-streams": number;
  readonly "max-connection-age": number;
  readonly "max-connection-age-grace": number;
  readonly "keepalive-time": number;
  readonly "keepalive-timeout": number;
  readonly "min-ping-interval": number;
}

export type SettingName = keyof Values;

/** Where a setting comes from beside its flag, and how its text is read. */
export interface Setting<T = unknown> {
  readonly environment: string;
  readonly kind: Kind<NonNullable<T>>;
  /** Its text where it comes from nowhere. */
  readonly initial?: string;
  /** It has no flag, since everyone on a machine sees command lines, and is never shown. */
  readonly secret?: true;
}

/** All settings, in the order of the help. */
export const settings: { readonly [Name in SettingName]: Setting<Values[Name]> } = {
  address: { environment: "PRIVET_ADDRESS", kind: address, initial: "[::]:50051" },
  engine: { environment: "PRIVET_ENGINE", kind: choice("privet", "node"), initial: "privet" },
  "tls-cert": { environment: "PRIVET_TLS_CERT", kind: file },
  "tls-key": { environment: "PRIVET_TLS_KEY", kind: file },
  "tls-client-ca": { environment: "PRIVET_TLS_CLIENT_CA", kind: file },
  "tls-client-auth": {
    environment: "PRIVET_TLS_CLIENT_AUTH",
    kind: choice("required", "optional"),
  },
  token: { environment: "PRIVET_TOKEN", kind: token, secret: true },
  "token-file": { environment: "PRIVET_TOKEN_FILE", kind: file },
  "plaintext-token": { environment: "PRIVET_PLAINTEXT_TOKEN", kind: onOff, initial: "off" },
  health: { environment: "PRIVET_HEALTH", kind: onOff, initial: "on" },
  reflection: { environment: "PRIVET_REFLECTION", kind: onOff, initial: "off" },
  "log-level": { environment: "PRIVET_LOG_LEVEL", kind: choice(...logLevels), initial: "info" },
  // Under the 30 s that Kubernetes waits before it kills.
  "drain-timeout": { environment: "PRIVET_DRAIN_TIMEOUT", kind: time, initial: "25s" },
  "max-message-size": { environment: "PRIVET_MAX_MESSAGE_SIZE", kind: size, initial: "4MiB" },
  "max-calls": { environment: "PRIVET_MAX_CALLS", kind: count, initial: "10000" },
  "max-connections": { environment: "PRIVET_MAX_CONNECTIONS", kind: count, initial: "10000" },
  "max-streams": { environment: "PRIVET_MAX_STREAMS", kind: count, initial: "250" },
  "max-connection-age": {
    environment: "PRIVET_MAX_CONNECTION_AGE",
    kind: lifetime,
    initial: "never",
  },
  "max-connection-age-grace": {
    environment: "PRIVET_MAX_CONNECTION_AGE_GRACE",
    kind: lifetime,
    initial: "never",
  },
  "keepalive-time": { environment: "PRIVET_KEEPALIVE_TIME", kind: lifetime, initial: "2h" },
  "keepalive-timeout": { environment: "PRIVET_KEEPALIVE_TIMEOUT", kind: period, initial: "20s" },
  "min-ping-interval": { environment: "PRIVET_MIN_PING_INTERVAL", kind: period, initial: "5m" },
};

/** Their names, in the same order. */
export const settingNames: readonly SettingName[] = Object.keys(settings) as SettingName[];
