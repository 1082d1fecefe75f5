/** A setting of the process, by the name of its flag. */
export type SettingName = "address" | "log-level" | "drain-timeout";

/** Where a setting also comes from, and its value where it comes from nowhere. */
export interface Setting {
  readonly name: SettingName;
  readonly environment: string;
  readonly initial: string;
}

/** All settings, in the order of the help. */
export const settings: readonly Setting[] = [
  { name: "address", environment: "PRIVET_ADDRESS", initial: "[::]:50051" },
  { name: "log-level", environment: "PRIVET_LOG_LEVEL", initial: "info" },
  // Under the 30 s that Kubernetes waits before it kills.
  { name: "drain-timeout", environment: "PRIVET_DRAIN_TIMEOUT", initial: "25s" },
];
