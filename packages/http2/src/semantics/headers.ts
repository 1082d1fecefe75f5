import { ErrorCode } from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import { Field, FieldKind } from "../hpack/field.ts";
import type { FieldSink } from "../hpack/field.ts";
import { faultOf, isPseudo, judge, Verdict } from "./field-rules.ts";

/** How much of a header block is kept, and when it is too much even to decode. */
export interface HeaderLimits {
  /** Octets of names and values, and 32 for each field (RFC 9113 §6.5.2). */
  readonly maxHeaderListSize: number;
  /** Fields, counting every crumb of a cookie. */
  readonly maxHeaderFields: number;
  /** A list so many times `maxHeaderListSize` ends the connection. */
  readonly headerAbuseFactor: number;
}

/**
 * The fields of one decoded header block. It is filled as a `FieldSink`, then
 * `seal()`ed, and doesn't change after that: many streams can share it.
 *
 * Past a limit the fields are counted and no longer kept (the block must be
 * decoded to its end to keep the tables of both ends the same): `tooLarge`.
 */
export class ReceivedHeaders implements FieldSink {
  /** The pseudo-headers, "" and 0 where there is none. */
  method = "";
  scheme = "";
  /** `:authority`, or `host` where that is missing. */
  authority = "";
  path = "";
  status = 0;
  /** The value of `content-length`, -1 without one. */
  contentLength = -1;
  /** The size of the whole list as SETTINGS_MAX_HEADER_LIST_SIZE counts it, with what isn't kept. */
  listSize = 0;
  /** More than a limit allows: only the first fields are here. */
  tooLarge = false;
  /** The first thing that makes it malformed in a request, a response and trailers alike; an ASCII token. */
  fault: string | undefined = undefined;
  /** Which pseudo-headers there are: bit `1 << kind`. */
  pseudoHeaders = 0;
  /** Where the fields begin that aren't pseudo-headers. */
  firstRegular = 0;

  readonly #maxSize: number;
  readonly #maxFields: number;
  readonly #maxDecodedSize: number;
  #fields: Field[] = [];
  #received = 0;
  #host: string | undefined = undefined;
  #crumbs = 0;

  constructor(limits: HeaderLimits) {
    this.#maxSize = limits.maxHeaderListSize;
    this.#maxFields = limits.maxHeaderFields;
    this.#maxDecodedSize = limits.maxHeaderListSize * limits.headerAbuseFactor;
  }

  /**
   * Takes the next field.
   *
   * @throws ConnectionError ENHANCE_YOUR_CALM when the list is `headerAbuseFactor` times too large
   */
  field(field: Field): void {
    this.listSize += field.size;
    this.#received++;
    if (this.listSize > this.#maxSize || this.#received > this.#maxFields) {
      this.#drop();
      return;
    }
    if (field.verdict !== Verdict.FINE) this.#judge(field);
    if (field.kind !== FieldKind.OTHER && field.kind <= FieldKind.CONTENT_LENGTH) {
      this.#note(field);
    }
    this.#fields.push(field);
  }

  /** All fields are here: what depends on more than one of them is settled. */
  seal(): void {
    if (this.#host !== undefined) {
      if (!this.hasPseudo(FieldKind.AUTHORITY)) this.authority = this.#host;
      // RFC 9113 §8.3.1: beside `:authority` it counts for nothing; else it has become the authority.
      this.#fields = this.#fields.filter((field) => field.kind !== FieldKind.HOST);
    }
    if (this.#crumbs > 1) this.#joinCrumbs();
  }

  get count(): number {
    return this.#fields.length;
  }

  /** @throws RangeError outside of [0, count) */
  name(i: number): string {
    return this.#at(i).name;
  }

  /** @throws RangeError outside of [0, count) */
  value(i: number): string {
    return this.#at(i).value;
  }

  /** @throws RangeError outside of [0, count) */
  kind(i: number): number {
    return this.#at(i).kind;
  }

  /** Was it sent as a literal that is never indexed? @throws RangeError outside of [0, count) */
  sensitive(i: number): boolean {
    return this.#at(i).sensitive;
  }

  /**
   * The value of the field called `name`, in lower case; several of them are
   * joined with ", " (RFC 9110 §5.3). Undefined without one.
   */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (const field of this.#fields) {
      if (field.name === name) {
        found = found === undefined ? field.value : `${found}, ${field.value}`;
      }
    }
    return found;
  }

  /** All fields as a flat list: name, value, name, value … A new array at each call. */
  snapshot(): string[] {
    const list: string[] = [];
    for (const field of this.#fields) list.push(field.name, field.value);
    return list;
  }

  hasPseudo(kind: number): boolean {
    return (this.pseudoHeaders & (1 << kind)) !== 0;
  }

  #at(i: number): Field {
    const field = this.#fields[i];
    if (field === undefined) throw new RangeError(`there is no field ${i} of ${this.count}`);
    return field;
  }

  #judge(field: Field): void {
    if (field.verdict === 0) field.verdict = judge(field.name, field.value, field.kind);
    if (field.verdict !== Verdict.FINE) this.fault ??= faultOf(field.verdict);
  }

  /** Keeps what a field says to the protocol itself. */
  #note(field: Field): void {
    if (isPseudo(field.kind)) {
      this.#notePseudo(field);
    } else if (field.kind === FieldKind.HOST) {
      if (this.#host !== undefined) this.fault ??= "repeated_host";
      this.#host = field.value;
    } else if (field.kind === FieldKind.COOKIE) {
      this.#crumbs++;
    } else {
      if (this.contentLength !== -1) this.fault ??= "repeated_content_length";
      if (field.verdict === Verdict.FINE) this.contentLength = Number(field.value);
    }
  }

  /** RFC 9113 §8.3: each at most once, and none after a regular field. */
  #notePseudo(field: Field): void {
    if (this.hasPseudo(field.kind)) this.fault ??= "repeated_pseudo_header";
    if (this.firstRegular !== this.#fields.length) this.fault ??= "pseudo_header_after_regular";
    this.pseudoHeaders |= 1 << field.kind;
    this.firstRegular++;
    switch (field.kind) {
      case FieldKind.METHOD:
        this.method = field.value;
        break;
      case FieldKind.SCHEME:
        this.scheme = field.value;
        break;
      case FieldKind.AUTHORITY:
        this.authority = field.value;
        break;
      case FieldKind.PATH:
        this.path = field.value;
        break;
      default:
        if (field.verdict === Verdict.FINE) this.status = Number(field.value);
    }
  }

  #drop(): void {
    this.tooLarge = true;
    if (this.listSize > this.#maxDecodedSize) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "header_list_way_too_large");
    }
  }

  /** RFC 9113 §8.2.3: crumbs become one field before anyone looks, where the first of them stood. */
  #joinCrumbs(): void {
    const crumbs = this.#fields.filter(isCrumb);
    const joined = new Field(
      "cookie",
      crumbs.map((field) => field.value).join("; "),
      FieldKind.COOKIE,
      crumbs.some((field) => field.sensitive),
    );
    // By place and not by identity: two crumbs can be the same entry of a table.
    const first = this.#fields.findIndex(isCrumb);
    this.#fields[first] = joined;
    this.#fields = this.#fields.filter((field, i) => i === first || !isCrumb(field));
  }
}

function isCrumb(field: Field): boolean {
  return field.kind === FieldKind.COOKIE;
}
