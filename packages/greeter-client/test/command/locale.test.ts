import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { localeOf } from "../../src/command/locale.ts";

suite("the language of help and errors", () => {
  const cases = [
    [{ LANG: "ru_RU.UTF-8" }, "ru"],
    [{ LANG: "ru" }, "ru"],
    [{ LANG: "en_GB.UTF-8" }, "en"],
    [{ LANG: "de_DE.UTF-8" }, "en"],
    [{ LC_MESSAGES: "ru_RU.UTF-8", LANG: "en_US.UTF-8" }, "ru"],
    [{ LC_ALL: "en_US.UTF-8", LC_MESSAGES: "ru_RU.UTF-8", LANG: "ru_RU.UTF-8" }, "en"],
    [{ LC_ALL: "", LC_MESSAGES: "", LANG: "ru_RU.UTF-8" }, "ru"],
    [{ LC_CTYPE: "ru_RU.UTF-8", LANG: "en_US.UTF-8" }, "en"],
    [{ LC_ALL: "C", LANG: "ru_RU.UTF-8" }, "en"],
    [{ LC_ALL: "C.UTF-8", LANGUAGE: "ru" }, "en"],
    [{ LC_ALL: "POSIX", LANGUAGE: "ru" }, "en"],
    [{ LANG: "de_DE.UTF-8", LANGUAGE: "ru:en" }, "ru"],
    [{ LANG: "ru_RU.UTF-8", LANGUAGE: "de:en" }, "en"],
    [{ LANG: "ru_RU.UTF-8", LANGUAGE: "de:fr" }, "ru"],
    [{ LANG: "ru_RU.UTF-8", LANGUAGE: "" }, "ru"],
    [{ LANG: "rum_RO.UTF-8" }, "en"],
  ] as const;
  for (const [env, locale] of cases) {
    test(`${JSON.stringify(env)} is ${locale}`, () => {
      assert.equal(localeOf(env), locale);
    });
  }

  test("with nothing set, the system's language decides", () => {
    const system = Intl.DateTimeFormat().resolvedOptions().locale;
    assert.equal(localeOf({}), /^ru\b/.test(system) ? "ru" : "en");
  });
});
