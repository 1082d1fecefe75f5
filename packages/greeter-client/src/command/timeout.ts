import { UsageError } from "./usage-error.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** What fits into 8 digits of milliseconds, the most that `grpc-timeout` says exactly. */
const longestMs = 99_999_999;

/**
 * Reads `5s`, `500ms`, `1.5m` or plain seconds, as whole milliseconds.
 *
 * @throws UsageError where it is none of these, not above zero, or above 27 hours
 */
export function parseTimeout(text: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const timeoutMs = Math.ceil(Number(amount) * (unitMs[unit] ?? Number.NaN));
  if (!(timeoutMs > 0 && timeoutMs <= longestMs)) {
    throw new UsageError({ kind: "bad-timeout", value: text });
  }
  return timeoutMs;
}
