import type { Decoder } from "../../src/hpack/decoder.ts";
import type { Field } from "../../src/hpack/field.ts";

/** The octets of hexadecimal text, in which spaces may stand. */
export function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ""), "hex"));
}

/** The header list of lines `name: value`. */
export function headerList(lines: string): string[] {
  return lines
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, name = "", value = ""] = /^\s*(:?[^:]+): (.*)$/.exec(line) ?? [];
      return [name, value];
    });
}

/** The fields of a block. */
export function decodeFields(decoder: Decoder, block: Uint8Array): Field[] {
  const fields: Field[] = [];
  decoder.decode(block, 0, block.length, { field: (field) => void fields.push(field) });
  return fields;
}

/** The fields of a block as a flat list. */
export function decodeList(decoder: Decoder, block: Uint8Array): string[] {
  return decodeFields(decoder, block).flatMap(({ name, value }) => [name, value]);
}

/** A generator of the same numbers for the same seed: mulberry32, in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
