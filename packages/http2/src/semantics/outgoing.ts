import { UsageError } from "../errors.ts";
import type { HeaderRules } from "../hpack/encoder.ts";
import { FieldKind, kindOf } from "../hpack/field.ts";
import type { HeaderList } from "../hpack/field.ts";
import { faultOf, FINE, isPseudo, judge } from "./field-rules.ts";
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

/** Which pseudo-headers each part must have and may have, RFC 9113 §8.3. Bits `1 << kind`. */
const pseudoHeaders: Readonly<
  Record<MessagePart, { readonly must: readonly number[]; readonly may: readonly number[] }>
> = {
  [MessagePart.REQUEST]: {
    must: [FieldKind.METHOD, FieldKind.SCHEME, FieldKind.PATH],
    may: [FieldKind.AUTHORITY],
  },
  [MessagePart.RESPONSE]: { must: [FieldKind.STATUS], may: [] },
  [MessagePart.TRAILERS]: { must: [], may: [] },
};

/** RFC 9113 §8.5. */
const connect = { must: [FieldKind.METHOD, FieldKind.AUTHORITY], may: [] } as const;

const pseudoNames = new Map<number, string>(
  [":method", ":scheme", ":authority", ":path", ":status"].map((name) => [kindOf(name), name]),
);

/** What of a list is checked across its fields. */
interface Summary {
  readonly kinds: Set<number>;
  method: string;
  path: string;
}

/**
 * Which part of a message `headers` can be: by its pseudo-headers, which differ
 * between the parts.
 */
export function partOf(headers: HeaderList): MessagePart {
  const kind = kindOf(headers[0] ?? "");
  if (kind === FieldKind.STATUS) return MessagePart.RESPONSE;
  return isPseudo(kind) ? MessagePart.REQUEST : MessagePart.TRAILERS;
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
  const summary = { kinds: new Set<number>(), method: "", path: "" };
  let regular = false;
  for (let i = 0; i < headers.length; i += 2) {
    const kind = checkField(headers[i], headers[i + 1]);
    if (isPseudo(kind)) {
      if (regular) throw late(headers[i] as string);
      notePseudo(summary, kind, headers[i + 1] as string);
    } else {
      regular = true;
      if (kind === FieldKind.CONTENT_LENGTH || kind === FieldKind.HOST)
        once(summary, kind, headers[i] as string);
    }
  }
  checkPseudoHeaders(summary, part);
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
  if (verdict !== FINE) {
    const reason = faultOf(verdict);
    // Never the value: it can be a secret, and this ends up in logs.
    throw new UsageError(
      reason,
      `The field ${JSON.stringify(name)} can't be sent: ${advice[reason]}.`,
    );
  }
  return kind;
}

function notePseudo(summary: Summary, kind: number, value: string): void {
  once(summary, kind, pseudoNames.get(kind) ?? "");
  if (kind === FieldKind.METHOD) summary.method = value;
  if (kind === FieldKind.PATH) summary.path = value;
}

function once(summary: Summary, kind: number, name: string): void {
  if (summary.kinds.has(kind)) {
    throw new UsageError("repeated_field", `${name} occurs twice: send it once.`);
  }
  summary.kinds.add(kind);
}

function late(name: string): UsageError {
  return new UsageError(
    "pseudo_header_after_regular",
    `${name} stands after other fields: pseudo-headers come first (RFC 9113 §8.3).`,
  );
}

function checkPseudoHeaders({ kinds, method, path }: Summary, part: MessagePart): void {
  const isConnect = part === MessagePart.REQUEST && method === "CONNECT";
  const { must, may } = isConnect ? connect : pseudoHeaders[part];
  for (const kind of must) {
    if (!kinds.has(kind)) {
      throw new UsageError("pseudo_header_missing", `${pseudoNames.get(kind)} is missing.`);
    }
  }
  for (const kind of pseudoNames.keys()) {
    if (kinds.has(kind) && ![...must, ...may].includes(kind)) {
      throw new UsageError(
        "pseudo_header_misplaced",
        `${pseudoNames.get(kind)} doesn't belong here: it is for another part of a message.`,
      );
    }
  }
  if (kinds.has(FieldKind.PATH) && !isPath(path, method)) {
    throw new UsageError(
      "path_invalid",
      `The field ":path" can't be sent: ${advice["path_invalid"]}.`,
    );
  }
}
