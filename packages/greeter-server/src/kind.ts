import { parseAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";

/** How the text of a setting is read. */
export interface Kind<T> {
  readonly name: KindName;
  /** All that is right, where that is a few words. */
  readonly choices?: readonly string[];
  /** @returns undefined where `text` isn't right */
  parse(text: string): T | undefined;
}

export type KindName =
  | "address"
  | "choice"
  | "count"
  | "file"
  | "lifetime"
  | "period"
  | "size"
  | "time"
  | "token";

const dayMs = 24 * 60 * 60 * 1_000;

export const address: Kind<Address> = { name: "address", parse: parseAddress };

export const file: Kind<string> = { name: "file", parse: (text) => text || undefined };

/** A number of things, of which there has to be one. */
export const count: Kind<number> = {
  name: "count",
  parse: (text) => (/^\d+$/.test(text) ? within(Number(text), 1, 1_000_000) : undefined),
};

/** In bytes; gRPC's prefix has room for no more. */
export const size: Kind<number> = {
  name: "size",
  parse: (text) => within(parseSize(text), 1, 2 ** 32 - 1),
};

/** In ms, 0 too. */
export const time: Kind<number> = {
  name: "time",
  parse: (text) => within(parseDuration(text), 0, dayMs),
};

/** In ms, long enough to be repeated. */
export const period: Kind<number> = {
  name: "period",
  parse: (text) => within(parseDuration(text), 1_000, dayMs),
};

/** A period; `never` is Infinity. */
export const lifetime: Kind<number> = {
  name: "lifetime",
  parse: (text) => (text === "never" ? Infinity : period.parse(text)),
};

/** A bearer token (RFC 6750 §2.1). */
export const token: Kind<string> = {
  name: "token",
  parse: (text) => (/^[\w.~+/-]+=*$/.test(text) ? text : undefined),
};

export const onOff: Kind<boolean> = {
  name: "choice",
  choices: ["on", "off"],
  parse: (text) => ({ on: true, off: false })[text],
};

export function choice<const T extends string>(...choices: readonly T[]): Kind<T> {
  return { name: "choice", choices, parse: (text) => choices.find((right) => right === text) };
}

function within(value: number | undefined, least: number, most: number): number | undefined {
  return value !== undefined && value >= least && value <= most ? value : undefined;
}
