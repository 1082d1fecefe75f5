const pattern = /^(?<number>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)?$/;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a time such as `25s`, `500ms`, `1.5m` or `2h`; a number alone means seconds.
 *
 * @returns milliseconds; undefined, where `text` is no such time
 */
export function parseDuration(text: string): number | undefined {
  const groups = pattern.exec(text)?.groups;
  const unit = unitMs[groups?.["unit"] ?? "s"];
  if (groups === undefined || unit === undefined) return undefined;
  return Math.round(Number(groups["number"]) * unit);
}
