import { isDeepStrictEqual } from "node:util";
import type { Case } from "./cases.ts";
import type { Answer } from "./exchange.ts";

/** All that one server's side of a case was. */
export interface Observation extends Answer {
  /** What the implementation saw; undefined where it wasn't called. */
  readonly seen: readonly unknown[] | undefined;
}

/** The same case at both servers. */
export interface Comparison {
  readonly one: Case;
  readonly stock: Observation;
  readonly ours: Observation;
}

/** The parts in which the two differ. */
export function differingParts({ stock, ours }: Comparison): (keyof Observation)[] {
  const parts = Object.keys(stock) as (keyof Observation)[];
  return parts.filter((part) => !isDeepStrictEqual(stock[part], ours[part]));
}

export function field(fields: readonly [string, string][], name: string): string | undefined {
  return fields.find((one) => one[0] === name)?.[1];
}

export function message(observation: Observation): string {
  return decodeURIComponent(field(observation.trailers, "grpc-message") ?? "");
}
