import { Field, kindOf } from "./field.ts";

/** RFC 7541 Appendix A, from index 1 on. */
const rows: readonly (readonly [name: string, value?: string])[] = [
  [":authority"],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset"],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language"],
  ["accept-ranges"],
  ["accept"],
  ["access-control-allow-origin"],
  ["age"],
  ["allow"],
  ["authorization"],
  ["cache-control"],
  ["content-disposition"],
  ["content-encoding"],
  ["content-language"],
  ["content-length"],
  ["content-location"],
  ["content-range"],
  ["content-type"],
  ["cookie"],
  ["date"],
  ["etag"],
  ["expect"],
  ["expires"],
  ["from"],
  ["host"],
  ["if-match"],
  ["if-modified-since"],
  ["if-none-match"],
  ["if-range"],
  ["if-unmodified-since"],
  ["last-modified"],
  ["link"],
  ["location"],
  ["max-forwards"],
  ["proxy-authenticate"],
  ["proxy-authorization"],
  ["range"],
  ["referer"],
  ["refresh"],
  ["retry-after"],
  ["server"],
  ["set-cookie"],
  ["strict-transport-security"],
  ["transfer-encoding"],
  ["user-agent"],
  ["vary"],
  ["via"],
  ["www-authenticate"],
];

/** Entries of the static table: the dynamic one begins at the index after it. */
export const STATIC_ENTRIES: number = rows.length;

/** The field at each index; none at 0. */
export const staticFields: readonly (Field | undefined)[] = [
  undefined,
  ...rows.map(([name, value = ""]) => new Field(name, value, kindOf(name), false)),
];

/** Where a name stands in the static table. */
interface StaticName {
  /** The first index with this name. */
  readonly index: number;
  readonly values: Map<string, number>;
}

const names = new Map<string, StaticName>();
for (const [i, [name, value = ""]] of rows.entries()) {
  const known = names.get(name) ?? { index: i + 1, values: new Map<string, number>() };
  known.values.set(value, i + 1);
  names.set(name, known);
}

/** The first index with `name`, 0 without one. */
export function staticNameIndex(name: string): number {
  return names.get(name)?.index ?? 0;
}

/** The index of the very field, 0 without one. */
export function staticFieldIndex(name: string, value: string): number {
  return names.get(name)?.values.get(value) ?? 0;
}
