import { UsageError } from "../errors.ts";
import type { HeaderRules } from "../hpack/encoder.ts";
import { FieldKind, kindOf } from "../hpack/field.ts";
import type { HeaderList } from "../hpack/field.ts";
import { faultOf, isPseudo, judge, Verdict } from "./field-rules.ts";
import { isPath } from "./malformed.ts";
import { MessagePart } from "./message-part.ts";

/** What to do about each fault of a single field. */
const advice: Readonly<Record<string, string>> = {
  field_name_empty: "a field needs a name",
  field_name_invalid: "a name is a token in lower case (RFC 9113 §8.2.1)",
  field_value_invalid:
    "a value holds latin1 text without control characters: encode anything else, as base64 or with percent signs",
  field_value_padded: "trim the value: it begins or ends with white space",
  unknown_pseudo_header:
    "only :method, :scheme, :authority, :path and :status may begin with a colon",
  connection_specific_field: "leave it out: HTTP/2 has no such field (RFC 9113 §8.2.2)",
  te_not_trailers: 'the only value of te is "trailers" (RFC 9113 §8.2.2)',
  method_invalid: "a method is a token",
  scheme_invalid: "a scheme is letters, digits, plus, hyphen and dot",
  authority_invalid: "an authority is a host and a port, without userinfo",
  path_invalid: "a path begins with a slash and has neither spaces nor control characters",
  status_invalid: "a status is three digits, from 100 on",
  content_length_invalid: "a length is up to 15 digits",
};

/** Which pseudo-headers a part must have and may have, RFC 9113 §8.3: bits `1 << kind`. */
interface PseudoHeaders {
  readonly must: number;
  readonly may: number;
}

const authority = 1 << FieldKind.AUTHORITY;
const method = 1 << FieldKind.METHOD;

const pseudoHeaders: Readonly<Record<MessagePart, PseudoHeaders>> = {
  [MessagePart.REQUEST]: {
    must: method | (1 << FieldKind.SCHEME) | (1 << FieldKind.PATH),
    may: authority,
  },
  [MessagePart.RESPONSE]: { must: 1 << FieldKind.STATUS, may: 0 },
  [MessagePart.TRAILERS]: { must: 0, may: 0 },
};

/** RFC 9113 §8.5. */
const connect: PseudoHeaders = { must: method | authority, may: 0 };

const ANY_PSEUDO =
  connect.must | pseudoHeaders[MessagePart.REQUEST].must | pseudoHeaders[MessagePart.RESPONSE].must;

/** Fields that a message has no more than one of. */
const ONCE = ANY_PSEUDO | (1 << FieldKind.HOST) | (1 << FieldKind.CONTENT_LENGTH);

const pseudoNames = new Map<number, string>(
  [":method", ":scheme", ":authority", ":path", ":status"].map((name) => [kindOf(name), name]),
);

const DIGIT_ONE = 0x31;

/**
 * Which part of a message `headers` can be: by its pseudo-headers, which differ
 * between the parts.
 */
export function partOf(headers: HeaderList): MessagePart {
  const first: unknown = headers[0];
  const kind = typeof first === "string" ? kindOf(first) : FieldKind.OTHER;
  if (kind === FieldKind.STATUS) return MessagePart.RESPONSE;
  return isPseudo(kind) ? MessagePart.REQUEST : MessagePart.TRAILERS;
}

/** Is this a 1xx response (RFC 9110 §15.2)? */
export function isInformationalList(headers: HeaderList): boolean {
  return headers[0] === ":status" && headers[1]?.charCodeAt(0) === DIGIT_ONE;
}

/**
 * Checks what is to be sent by the rules that a peer would find it malformed
 * by (RFC 9113 §8.2, §8.3).
 *
 * @throws UsageError that says which field, and what to do
 */
export function checkOutgoing(headers: HeaderList, part: MessagePart = partOf(headers)): void {
  if (headers.length % 2 !== 0) {
    throw new UsageError(
      "odd_header_list",
      "A header list is name, value, name, value …: the last name has no value.",
    );
  }
  let seen = 0;
  let regular = false;
  let path = "";
  let verb = "";
  for (let i = 0; i < headers.length; i += 2) {
    const kind = checkField(headers[i], headers[i + 1]);
    if (isPseudo(kind)) {
      if (regular) throw late(headers[i] as string);
    } else {
      regular = true;
    }
    const bit = 1 << kind;
    if ((seen & bit & ONCE) !== 0) throw repeated(headers[i] as string);
    seen |= bit;
    if (kind === FieldKind.METHOD) verb = headers[i + 1] as string;
    if (kind === FieldKind.PATH) path = headers[i + 1] as string;
  }
  checkPseudoHeaders(
    seen,
    verb === "CONNECT" && part === MessagePart.REQUEST ? connect : pseudoHeaders[part],
  );
  if ((seen & (1 << FieldKind.PATH)) !== 0 && !isPath(path, verb)) {
    throw faulty(":path", faultOf(Verdict.PATH));
  }
}

/** The rules of this file for an `Encoder`; its part 0 is whatever the list can be. */
export const outgoingRules: HeaderRules = {
  checkList(headers, part) {
    checkOutgoing(headers, part === 0 ? partOf(headers) : (part as MessagePart));
  },
  checkChange(headers, at, part) {
    const kind = checkField(headers[at], headers[at + 1]);
    // The method decides what the others may be.
    if (kind === FieldKind.METHOD || kind === FieldKind.PATH)
      outgoingRules.checkList(headers, part);
  },
};

/** @returns the field's kind */
function checkField(name: unknown, value: unknown): number {
  if (typeof name !== "string" || typeof value !== "string") {
    throw new UsageError(
      "field_not_text",
      `Names and values are strings: ${String(name)} is a ${typeof name}, its value a ${typeof value}.`,
    );
  }
  const kind = kindOf(name);
  const verdict = judge(name, value, kind);
  if (verdict !== Verdict.FINE) throw faulty(name, faultOf(verdict));
  return kind;
}

function checkPseudoHeaders(seen: number, { must, may }: PseudoHeaders): void {
  if ((must & ~seen) === 0 && (seen & ANY_PSEUDO & ~(must | may)) === 0) return;
  for (const [kind, name] of pseudoNames) {
    const bit = 1 << kind;
    if ((must & bit) !== 0 && (seen & bit) === 0) {
      throw new UsageError("pseudo_header_missing", `${name} is missing.`);
    }
    if (((must | may) & bit) === 0 && (seen & bit) !== 0) {
      throw new UsageError(
        "pseudo_header_misplaced",
        `${name} doesn't belong here: it is for another part of a message.`,
      );
    }
  }
}

/** The message never has the value: it can be a secret, and messages end up in logs. */
function faulty(name: string, reason: string): UsageError {
  return new UsageError(
    reason,
    `The field ${JSON.stringify(name)} can't be sent: ${advice[reason]}.`,
  );
}

function repeated(name: string): UsageError {
  return new UsageError("repeated_field", `${name} occurs twice: send it once.`);
}

function late(name: string): UsageError {
  return new UsageError(
    "pseudo_header_after_regular",
    `${name} stands after other fields: pseudo-headers come first (RFC 9113 §8.3).`,
  );
}
