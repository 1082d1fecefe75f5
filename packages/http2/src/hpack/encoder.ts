import { INITIAL_HEADER_TABLE_SIZE } from "../constants.ts";
import { UsageError } from "../errors.ts";
import { BlockWriter, Literal } from "./block-writer.ts";
import { EncoderTable } from "./encoder-table.ts";
import type { HeaderList } from "./field.ts";
import { HeaderBlock } from "./header-block.ts";
import { Indexing, indexingOf } from "./indexing.ts";
import { staticFieldIndex, staticNameIndex } from "./static-table.ts";
import { Template } from "./template.ts";

/**
 * What may be sent. The encoder asks for what it doesn't recognise, and knows
 * that what it does recognise was asked for before.
 */
export interface HeaderRules {
  /** @throws UsageError where `headers` can't be sent as this part of a message */
  checkList(headers: HeaderList, part: number): void;
  /**
   * Of a list that differs from a checked one in some values only.
   *
   * @param at the place of a name whose value is another
   * @throws UsageError where that value makes the list one that can't be sent
   */
  checkChange(headers: HeaderList, at: number, part: number): void;
}

const anything: HeaderRules = { checkList: () => {}, checkChange: () => {} };

/** Lists that are recognised when they come again, perhaps with a few other values. */
const MAX_TEMPLATES = 4;

/** What became of a field. */
const Written = {
  /** It belongs into the table first. */
  NOTHING: 0,
  /** The same field is written in the same way as long as the table is the same. */
  INDEX: 1,
  /** A literal, and so is every other value of that name. */
  LITERAL: 2,
  /** A literal, which is to be indexed when it comes again. */
  FOR_NOW: 3,
} as const;
type Written = (typeof Written)[keyof typeof Written];

/** Where blocks are put together; encoding is synchronous, so one is enough for all encoders. */
const writer = new BlockWriter();

/**
 * The sending end of HPACK, RFC 7541: one for each connection, whose blocks
 * must be sent in the order in which they were encoded.
 */
export class Encoder {
  readonly #table: EncoderTable;
  readonly #rules: HeaderRules;
  readonly #cap: number;
  readonly #templates: Template[] = [];
  /** Size updates that the next block begins with: the smallest since the last one, and the final (RFC 7541 §4.2). */
  #smallest = 0;
  #updateDue = false;

  /**
   * @param maxTableSize octets of the dynamic table that we use at most, however many the peer offers
   * @param rules what may be sent; anything by default
   */
  constructor(maxTableSize: number, rules: HeaderRules = anything) {
    this.#cap = maxTableSize;
    this.#rules = rules;
    this.#table = new EncoderTable(INITIAL_HEADER_TABLE_SIZE);
    this.setMaxTableSize(INITIAL_HEADER_TABLE_SIZE);
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE is `size`. */
  setMaxTableSize(size: number): void {
    const target = Math.min(size, this.#cap);
    if (target === this.#table.maxSize) return;
    this.#smallest = this.#updateDue ? Math.min(this.#smallest, target) : target;
    this.#updateDue = true;
    this.#table.resize(target);
  }

  /**
   * Encodes one whole block.
   *
   * @param part which part of a message it is, handed on to the rules
   * @returns the block, good until any encoder encodes the next one: copy it, don't change it
   * @throws UsageError as the rules do, or for a pre-encoded block of another part; then nothing has happened
   */
  encode(headers: HeaderList | HeaderBlock, part = 0): Uint8Array {
    if (headers instanceof HeaderBlock) return this.#encodeBlock(headers, part);
    const template = this.#recognise(headers, part);
    if (template !== undefined && !this.#updateDue) {
      const bytes = this.#encodeLike(template, headers);
      if (bytes !== undefined) return bytes;
    }
    return this.#encodeNew(headers, part);
  }

  #encodeBlock(block: HeaderBlock, part: number): Uint8Array {
    if (part !== 0 && block.part !== part) {
      throw new UsageError(
        "header_block_misplaced",
        "This block was encoded for another part of a message: requests, responses and trailers have their own.",
      );
    }
    if (!this.#updateDue) return block.bytes;
    writer.reset();
    this.#writeSizeUpdates();
    writer.copy(block.bytes, 0, block.bytes.length);
    return written();
  }

  /** A template with the same names in the same order, still good for the tables as they are. */
  #recognise(headers: HeaderList, part: number): Template | undefined {
    for (const template of this.#templates) {
      if (template.part === part && template.generation === this.#table.generation) {
        if (template.hasNamesOf(headers)) return template;
      }
    }
    return undefined;
  }

  /**
   * The template's block with other values where `headers` has them. Undefined
   * where one of those is to be indexed, which changes what the rest refers to.
   */
  #encodeLike(template: Template, headers: HeaderList): Uint8Array | undefined {
    let changed = template.nextChange(headers, 0);
    if (changed === headers.length) return template.bytes;
    writer.reset();
    let copied = 0;
    for (; changed < headers.length; changed = template.nextChange(headers, changed + 2)) {
      this.#rules.checkChange(headers, changed, template.part);
      const value = template.valueOf(changed);
      writer.copy(template.bytes, copied, value === 0 ? template.startOf(changed) : value);
      if (value !== 0) {
        writer.string(headers[changed + 1] as string);
      } else if (this.#writeField(headers, changed) === Written.NOTHING) {
        return undefined;
      }
      copied = template.startOf(changed + 2);
    }
    writer.copy(template.bytes, copied, template.bytes.length);
    return written();
  }

  #encodeNew(headers: HeaderList, part: number): Uint8Array {
    this.#rules.checkList(headers, part);
    writer.reset();
    this.#writeSizeUpdates();
    const begin = writer.length;
    const template = new Template(headers, part, this.#table.generation);
    for (let i = 0; i < headers.length; i += 2) {
      const start = writer.length;
      const how = this.#writeField(headers, i);
      if (how === Written.NOTHING) this.#insert(headers[i] as string, headers[i + 1] as string);
      template.add(start - begin, how === Written.LITERAL ? writer.value - begin : 0);
      if (how === Written.FOR_NOW) template.reconsiderLast();
    }
    if (template.generation === this.#table.generation) {
      template.bytes = writer.bytes.slice(begin, writer.length);
      this.#remember(template);
    }
    return written();
  }

  #remember(template: Template): void {
    const stale = this.#templates.findIndex((other) => other.generation !== template.generation);
    if (stale !== -1) {
      this.#templates[stale] = template;
    } else {
      if (this.#templates.length === MAX_TEMPLATES) this.#templates.pop();
      this.#templates.unshift(template);
    }
  }

  #writeSizeUpdates(): void {
    if (!this.#updateDue) return;
    const final = this.#table.maxSize;
    if (this.#smallest < final) writer.sizeUpdate(this.#smallest);
    writer.sizeUpdate(final);
    this.#updateDue = false;
  }

  /** Writes the field whose name is at `at`, unless it belongs into the table, which stays as it is. */
  #writeField(headers: HeaderList, at: number): Written {
    const name = headers[at] as string;
    const value = headers[at + 1] as string;
    const indexing = indexingOf(name);
    if (indexing === Indexing.NEVER) {
      writer.literal(Literal.NEVER, staticNameIndex(name), name, value);
      return Written.LITERAL;
    }
    if (indexing === Indexing.NOT) {
      writer.literal(Literal.PLAIN, this.#nameIndex(name), name, value);
      return Written.LITERAL;
    }
    const index = staticFieldIndex(name, value) || this.#table.fieldIndex(name, value);
    if (index !== 0) {
      writer.indexed(index);
      return Written.INDEX;
    }
    const fits = this.#table.holds(name, value);
    if (fits && (indexing === Indexing.AT_ONCE || this.#table.repeats(name, value))) {
      return Written.NOTHING;
    }
    writer.literal(Literal.PLAIN, this.#nameIndex(name), name, value);
    return fits ? Written.FOR_NOW : Written.INDEX;
  }

  #insert(name: string, value: string): void {
    writer.literal(Literal.INDEXED, this.#nameIndex(name), name, value);
    this.#table.insert(name, value);
  }

  #nameIndex(name: string): number {
    return staticNameIndex(name) || this.#table.nameIndex(name);
  }
}

/** What the writer holds. */
function written(): Uint8Array {
  return writer.bytes.subarray(0, writer.length);
}
