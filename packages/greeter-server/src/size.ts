const pattern = /^(?<number>\d+)(?<unit>B|KiB|MiB|GiB)?$/;
const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/**
 * Reads a size such as `4MiB`, `64KiB` or `512B`; a number alone means bytes.
 *
 * @returns bytes; undefined, where `text` is no such size
 */
export function parseSize(text: string): number | undefined {
  const groups = pattern.exec(text)?.groups;
  const unit = unitBytes[groups?.["unit"] ?? "B"];
  if (groups === undefined || unit === undefined) return undefined;
  return Number(groups["number"]) * unit;
}
