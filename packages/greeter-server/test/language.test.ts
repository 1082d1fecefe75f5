import assert from "node:assert/strict";
import { test } from "node:test";
import { greetings } from "../src/greetings.ts";
import { checkLanguage } from "../src/language.ts";

const found: readonly (readonly [tag: string, key: string])[] = [
  ["ru", "ru"],
  ["RU", "ru"],
  ["ru-RU", "ru"],
  ["en-Latn-US-x-twain", "en"],
  ["zh-Hant-TW", "zh"],
  ["sr-Cyrl", "sr"],
  ["SR-latn-rs", "sr-Latn"],
  ["sr-Latn-x-a", "sr-Latn"],
  ["de-u-co-phonebk", "de"],
];

for (const [tag, key] of found) {
  test(`${tag} is greeted in ${key}`, () => {
    const checked = checkLanguage(tag);
    assert.ok("value" in checked);
    assert.equal(checked.value, greetings[key]);
  });
}

const unknown = ["tlh", "x-ru", "rus", "r", "und", "toString"];

for (const tag of unknown) {
  test(`${tag} is a tag of a language that isn't spoken here`, () => {
    const checked = checkLanguage(tag);
    assert.ok("faults" in checked);
    assert.match(checked.faults[0]?.description ?? "", /spoken here: ar, .*, ru, .*, zh$/);
  });
}

const malformed = ["", " ru", "ru_RU", "ru-", "-ru", "ru--RU", "русский", "*", "abcdefghi", "ru\n"];

for (const tag of [...malformed, `ru${"-a".repeat(100_000)}`]) {
  test(`${JSON.stringify(tag.slice(0, 20))} of length ${tag.length} is not a tag`, () => {
    const checked = checkLanguage(tag);
    assert.ok("faults" in checked);
    assert.match(checked.faults[0]?.description ?? "", /BCP 47/);
  });
}
