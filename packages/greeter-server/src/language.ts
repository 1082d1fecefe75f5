import { greetings } from "./greetings.ts";
import type { Greeting } from "./greetings.ts";
import type { Checked } from "./bad-request.ts";

/** How many languages one request may ask for. */
const maxLanguages = 100;

// A tag has no greatest length (RFC 5646 §4.4.1), but none in use comes near
// this one; it bounds the work that a lookup takes.
const maxTagLength = 255;

/** Subtags of 1 to 8 letters and digits (RFC 5646 §2.1), whatever they mean. */
const wellFormed = /^[a-z0-9]{1,8}(?:-[a-z0-9]{1,8})*$/i;

const byTag: ReadonlyMap<string, Greeting> = new Map(
  Object.entries(greetings).map(([tag, greeting]) => [tag.toLowerCase(), greeting]),
);

/** Finds the greeting for a BCP 47 tag; a more special tag falls back to a more general one. */
export function checkLanguage(tag: string): Checked<Greeting> {
  if (tag.length > maxTagLength || !wellFormed.test(tag)) {
    return { faults: [{ description: "must be a BCP 47 language tag, such as ru or pt-BR" }] };
  }
  const greeting = lookup(tag.toLowerCase());
  if (greeting === undefined) {
    const spoken = Object.keys(greetings).join(", ");
    return { faults: [{ description: `must be a language that is spoken here: ${spoken}` }] };
  }
  return { value: greeting };
}

/** Finds the greeting for each tag, in their order. */
export function checkLanguages(tags: readonly string[]): Checked<readonly Greeting[]> {
  if (tags.length > maxLanguages) {
    return { faults: [{ description: `must hold at most ${maxLanguages} languages` }] };
  }
  const found: Greeting[] = [];
  const faults = tags.flatMap((tag, index) => {
    const checked = checkLanguage(tag);
    if ("value" in checked) {
      found.push(checked.value);
      return [];
    }
    return checked.faults.map(({ description }) => ({ index, description }));
  });
  return faults.length > 0 ? { faults } : { value: found };
}

/** Lookup of RFC 4647 §3.4: cut the tag from its end until it is known. */
function lookup(tag: string): Greeting | undefined {
  for (let range = tag; range !== ""; range = shorten(range)) {
    const greeting = byTag.get(range);
    if (greeting !== undefined) return greeting;
  }
  return undefined;
}

/** Takes the last subtag away, and a single character that then stands last with it. */
function shorten(range: string): string {
  const shorter = range.slice(0, Math.max(range.lastIndexOf("-"), 0));
  return shorter.at(-2) === "-" ? shorter.slice(0, -2) : shorter;
}
