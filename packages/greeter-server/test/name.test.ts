import assert from "node:assert/strict";
import { test } from "node:test";
import { checkName, maxLength } from "../src/name.ts";

const family = "👨‍👩‍👧‍👦";
const accented = "е\u0301";

const accepted: readonly (readonly [what: string, text: string, name: string])[] = [
  ["white space around a name goes", " \t\u00A0\u3000Анна\r\n", "Анна"],
  ["white space within a name stays", "Анна  Мария", "Анна  Мария"],
  ["one letter is enough", "Я", "Я"],
  ["an emoji sequence is one character", family.repeat(100), family.repeat(100)],
  ["a combining mark belongs to its letter", accented.repeat(100), accented.repeat(100)],
  ["100 letters are accepted", "я".repeat(100), "я".repeat(100)],
  ["letters beyond the BMP count once", "𝒜".repeat(100), "𝒜".repeat(100)],
  ["a right-to-left name stays as it is", "דוד", "דוד"],
  ["direction marks are allowed", "\u200FAnna\u200E", "\u200FAnna\u200E"],
  [
    "the joiners of Persian and Hindi are allowed",
    "می\u200Cخواهم क्\u200Dष",
    "می\u200Cخواهم क्\u200Dष",
  ],
  ["apostrophes, hyphens and digits are nothing special", "Д’Артаньян-3", "Д’Артаньян-3"],
];

for (const [what, text, name] of accepted) {
  test(what, () => {
    assert.deepEqual(checkName(text), { value: name });
  });
}

const refused: readonly (readonly [what: string, text: string, why: RegExp])[] = [
  ["an empty name is refused", "", /empty/],
  ["a name of only white space is refused", " \t\r\n\u2028\u3000\uFEFF", /empty/],
  ["101 letters are too many", "я".repeat(101), /100 characters/],
  ["101 emoji sequences are too many", family.repeat(101), /100 characters/],
  ["101 accented letters are too many", accented.repeat(101), /100 characters/],
  ["one letter may not bear marks without end", `e${"\u0301".repeat(maxLength)}`, /100 characters/],
  ["a line feed within a name is refused", "Анна\nБорис", /control/],
  ["NUL is refused", "Анна\0", /control/],
  ["DEL is refused", "Анна\u007F", /control/],
  ["an escape sequence for terminals is refused", "\u001B[31mАнна", /control/],
  ["a C1 control character is refused", "Ан\u0085на", /control/],
  ["a line separator within a name is refused", "Анна\u2028Борис", /control/],
  ["a directional override is refused", "Анна\u202Eаннб", /control/],
  ["a directional isolate is refused", "\u2067Анна", /control/],
  ["half a surrogate pair is refused", "Анна\uD83D", /well-formed/],
];

for (const [what, text, why] of refused) {
  test(what, () => {
    const checked = checkName(text);
    assert.ok("faults" in checked);
    assert.match(checked.faults[0]?.description ?? "", why);
  });
}
