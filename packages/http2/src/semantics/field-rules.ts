import { FieldKind, LAST_PSEUDO } from "../hpack/field.ts";
import {
  consistsOf,
  IN_AUTHORITY,
  IN_DIGITS,
  IN_METHOD,
  IN_NAME,
  IN_PATH,
  IN_SCHEME,
  IN_VALUE,
  isPadded,
} from "./characters.ts";

/**
 * What can be wrong with one field, whatever stands beside it (RFC 9113 §8.2,
 * §8.3). The place in this list is the field's verdict; 0 is "not judged yet".
 */
const verdicts = [
  "not_judged",
  "fine",
  "field_name_empty",
  "field_name_invalid",
  "field_value_invalid",
  "field_value_padded",
  "unknown_pseudo_header",
  "connection_specific_field",
  "te_not_trailers",
  "method_invalid",
  "scheme_invalid",
  "authority_invalid",
  "path_invalid",
  "status_invalid",
  "content_length_invalid",
] as const;
type Verdict = (typeof verdicts)[number];

export const FINE = 1;

/** The token of a verdict other than `FINE`. */
export function faultOf(verdict: number): string {
  return verdicts[verdict] ?? "field_invalid";
}

/** Judges one field by its kind: `FINE`, or the number of what is wrong. */
export function judge(name: string, value: string, kind: number): number {
  return verdicts.indexOf(judgeName(name, kind) ?? judgeValue(value, kind) ?? "fine");
}

function judgeName(name: string, kind: number): Verdict | undefined {
  switch (kind) {
    case FieldKind.UNKNOWN_PSEUDO:
      return "unknown_pseudo_header";
    case FieldKind.CONNECTION_SPECIFIC:
      return "connection_specific_field";
    case FieldKind.OTHER:
      if (name.length === 0) return "field_name_empty";
      return consistsOf(name, IN_NAME) ? undefined : "field_name_invalid";
    default:
      // It has a kind, so it is one of the names that we know.
      return undefined;
  }
}

/** RFC 9113 §8.3.1, §8.3.2 for pseudo-headers, §8.2.1 and §8.2.2 for the rest. */
function judgeValue(value: string, kind: number): Verdict | undefined {
  switch (kind) {
    case FieldKind.METHOD:
      return isSome(value, IN_METHOD) ? undefined : "method_invalid";
    case FieldKind.SCHEME:
      return isSome(value, IN_SCHEME) ? undefined : "scheme_invalid";
    case FieldKind.AUTHORITY:
    case FieldKind.HOST:
      return consistsOf(value, IN_AUTHORITY) ? undefined : "authority_invalid";
    case FieldKind.PATH:
      return isSome(value, IN_PATH) ? undefined : "path_invalid";
    case FieldKind.STATUS:
      return isStatus(value) ? undefined : "status_invalid";
    case FieldKind.CONTENT_LENGTH:
      return isContentLength(value) ? undefined : "content_length_invalid";
    case FieldKind.TE:
      return value.toLowerCase() === "trailers" ? undefined : "te_not_trailers";
    default:
      if (!consistsOf(value, IN_VALUE)) return "field_value_invalid";
      return isPadded(value) ? "field_value_padded" : undefined;
  }
}

function isSome(value: string, place: number): boolean {
  return value.length > 0 && consistsOf(value, place);
}

/** Three digits, the first of which isn't 0 (RFC 9110 §15). */
function isStatus(value: string): boolean {
  return value.length === 3 && value >= "100" && consistsOf(value, IN_DIGITS);
}

/** So many digits are always a safe integer. */
const MAX_LENGTH_DIGITS = 15;

/** RFC 9110 §8.6; a list of equal lengths, which it lets a recipient accept, is refused. */
function isContentLength(value: string): boolean {
  return value.length <= MAX_LENGTH_DIGITS && isSome(value, IN_DIGITS);
}

export function isPseudo(kind: number): boolean {
  return kind !== FieldKind.OTHER && kind <= LAST_PSEUDO;
}
