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
 * §8.3). Small numbers, so that a field can keep its own; 0 is "not judged yet".
 */
export const Verdict = {
  FINE: 1,
  NAME_EMPTY: 2,
  NAME_INVALID: 3,
  VALUE_INVALID: 4,
  VALUE_PADDED: 5,
  UNKNOWN_PSEUDO: 6,
  CONNECTION_SPECIFIC: 7,
  TE: 8,
  METHOD: 9,
  SCHEME: 10,
  AUTHORITY: 11,
  PATH: 12,
  STATUS: 13,
  CONTENT_LENGTH: 14,
} as const;
Object.freeze(Verdict);

/** The token of each verdict. */
const tokens: readonly string[] = [
  "",
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
];

/** The token of a verdict other than `FINE`. */
export function faultOf(verdict: number): string {
  return tokens[verdict] ?? "field_invalid";
}

/**
 * Judges one field by its kind: RFC 9113 §8.3.1 and §8.3.2 for
 * pseudo-headers, §8.2.1 and §8.2.2 for the rest.
 *
 * @returns a `Verdict`
 */
export function judge(name: string, value: string, kind: number): number {
  switch (kind) {
    case FieldKind.OTHER:
      return judgeName(name) || judgeValue(value);
    case FieldKind.UNKNOWN_PSEUDO:
      return Verdict.UNKNOWN_PSEUDO;
    case FieldKind.CONNECTION_SPECIFIC:
      return Verdict.CONNECTION_SPECIFIC;
    case FieldKind.METHOD:
      return isSome(value, IN_METHOD) ? Verdict.FINE : Verdict.METHOD;
    case FieldKind.SCHEME:
      return isSome(value, IN_SCHEME) ? Verdict.FINE : Verdict.SCHEME;
    case FieldKind.AUTHORITY:
    case FieldKind.HOST:
      return consistsOf(value, IN_AUTHORITY) ? Verdict.FINE : Verdict.AUTHORITY;
    case FieldKind.PATH:
      return isSome(value, IN_PATH) ? Verdict.FINE : Verdict.PATH;
    case FieldKind.STATUS:
      return isStatus(value) ? Verdict.FINE : Verdict.STATUS;
    case FieldKind.CONTENT_LENGTH:
      return isContentLength(value) ? Verdict.FINE : Verdict.CONTENT_LENGTH;
    case FieldKind.TE:
      return value.toLowerCase() === "trailers" ? Verdict.FINE : Verdict.TE;
    default:
      return judgeValue(value);
  }
}

/** 0 where the name is fine. A name that has a kind is one of those that we know. */
function judgeName(name: string): number {
  if (name.length === 0) return Verdict.NAME_EMPTY;
  return consistsOf(name, IN_NAME) ? 0 : Verdict.NAME_INVALID;
}

function judgeValue(value: string): number {
  if (!consistsOf(value, IN_VALUE)) return Verdict.VALUE_INVALID;
  return isPadded(value) ? Verdict.VALUE_PADDED : Verdict.FINE;
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
