import assert from "node:assert/strict";
import { test } from "node:test";
import {
  consistsOf,
  IN_AUTHORITY,
  IN_METHOD,
  IN_NAME,
  IN_PATH,
  IN_SCHEME,
  IN_VALUE,
  isPadded,
} from "../../src/semantics/characters.ts";

/** Each place as the RFCs' grammar has it, to be compared octet by octet. */
const grammar = {
  name: { place: IN_NAME, pattern: /^[!#$%&'*+\-.^_`|~0-9a-z]$/ },
  value: { place: IN_VALUE, pattern: /^[\t\x20-\x7e\x80-\xff]$/ },
  method: { place: IN_METHOD, pattern: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/ },
  scheme: { place: IN_SCHEME, pattern: /^[A-Za-z0-9+\-.]$/ },
  authority: { place: IN_AUTHORITY, pattern: /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]$/ },
  path: { place: IN_PATH, pattern: /^[\x21-\x7e\x80-\xff]$/ },
};

for (const [what, { place, pattern }] of Object.entries(grammar)) {
  test(`each of 256 octets, at each position, may be in a ${what} or not as its grammar says`, () => {
    for (let octet = 0; octet < 256; octet++) {
      const character = String.fromCharCode(octet);
      const allowed = pattern.test(character);
      for (const text of [character, `a${character}`, `${character}a`, `a${character}a`]) {
        assert.equal(consistsOf(text, place), allowed, `${what} 0x${octet.toString(16)}`);
      }
    }
  });
}

test("a character that no octet stands for may be nowhere", () => {
  for (const { place } of Object.values(grammar)) {
    assert.equal(consistsOf("\u0130", place), false);
    assert.equal(consistsOf("\u{1f600}", place), false);
  }
});

test("a value is padded when white space is at either end", () => {
  for (const value of [" a", "a ", "\ta", "a\t", " ", "\t"]) assert.equal(isPadded(value), true);
  for (const value of ["", "a", "a b", "a\tb"]) assert.equal(isPadded(value), false);
});
