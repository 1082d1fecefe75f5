import { Code } from "@connectrpc/connect";
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connections } from "./connection.ts";
import { all, failure, faultyFields } from "./outcome.ts";

/** How each language greets Анна; the list is also that of the languages there are. */
const spoken = {
  ar: "مرحبًا، Анна!",
  be: "Прывітанне, Анна!",
  bg: "Здравей, Анна!",
  cs: "Ahoj, Анна!",
  de: "Hallo, Анна!",
  el: "Γεια σου, Анна!",
  en: "Hello, Анна!",
  es: "¡Hola, Анна!",
  fa: "سلام، Анна!",
  fi: "Hei, Анна!",
  fr: "Bonjour Анна\u202F!",
  he: "שלום, Анна!",
  hi: "नमस्ते, Анна!",
  hu: "Szia, Анна!",
  id: "Halo, Анна!",
  it: "Ciao, Анна!",
  ja: "こんにちは、Аннаさん！",
  ka: "გამარჯობა, Анна!",
  kk: "Сәлем, Анна!",
  ko: "안녕하세요, Анна 님!",
  nl: "Hallo, Анна!",
  pl: "Cześć, Анна!",
  pt: "Olá, Анна!",
  ro: "Salut, Анна!",
  ru: "Привет, Анна!",
  sr: "Здраво, Анна!",
  "sr-Latn": "Zdravo, Анна!",
  sv: "Hej Анна!",
  tr: "Merhaba, Анна!",
  uk: "Привіт, Анна!",
  vi: "Xin chào, Анна!",
  zh: "你好，Анна！",
};

async function* named(...names: string[]): AsyncGenerator<{ name: string }> {
  for (const name of names) yield { name };
}

for (const { name: way, open } of connections) {
  suite(`the greeter, ${way}`, () => {
    test("a name without a language is greeted in Russian", async () => {
      await using connection = await open();
      const { greeting } = await connection.client.sayHello({ name: "Мир" });
      assert.equal(greeting, "Привет, Мир!");
    });

    test("every language greets in its own way", async () => {
      await using connection = await open();
      const languageTags = Object.keys(spoken);
      const responses = await all(
        connection.client.sayHelloInLanguages({ name: "Анна", languageTags }),
      );
      assert.deepEqual(
        Object.fromEntries(responses.map(({ languageTag, greeting }) => [languageTag, greeting])),
        spoken,
      );
    });

    test("greetings come in the order of the request, with its tags as they were written", async () => {
      await using connection = await open();
      const languageTags = ["JA", "ru-RU", "en", "ru-RU"];
      const responses = await all(
        connection.client.sayHelloInLanguages({ name: "Анна", languageTags }),
      );
      assert.deepEqual(
        responses.map(({ languageTag, greeting }) => [languageTag, greeting]),
        [
          ["JA", spoken.ja],
          ["ru-RU", spoken.ru],
          ["en", spoken.en],
          ["ru-RU", spoken.ru],
        ],
      );
    });

    test("no languages mean Russian alone", async () => {
      await using connection = await open();
      const responses = await all(connection.client.sayHelloInLanguages({ name: "Анна" }));
      assert.deepEqual(
        responses.map(({ languageTag, greeting }) => [languageTag, greeting]),
        [["ru", spoken.ru]],
      );
    });

    test("every language that isn't known is named, and nobody is greeted", async () => {
      await using connection = await open();
      const responses = connection.client.sayHelloInLanguages({
        name: " ",
        languageTags: ["ru", "", "en", "tlh"],
      });
      const received: string[] = [];
      const call = (async () => {
        for await (const { greeting } of responses) received.push(greeting);
      })();
      assert.deepEqual(await faultyFields(call), ["name", "language_tags[1]", "language_tags[3]"]);
      assert.deepEqual(received, []);
    });

    test("100 languages are greeted in, and 101 are refused", async () => {
      await using connection = await open();
      const greetIn = (count: number): Promise<unknown[]> =>
        all(
          connection.client.sayHelloInLanguages({
            name: "Анна",
            languageTags: Array.from({ length: count }, () => "en"),
          }),
        );
      assert.equal((await greetIn(100)).length, 100);
      assert.deepEqual(await faultyFields(greetIn(101)), ["language_tags"]);
    });

    test("an error names ten fields at most, and says how many there are", async () => {
      await using connection = await open();
      const languageTags = Array.from({ length: 100 }, () => "tlh");
      const call = all(connection.client.sayHelloInLanguages({ name: "Анна", languageTags }));
      const error = await failure(call);
      assert.match(error.rawMessage, /^language_tags\[0\] must be .* \(and 99 more\)$/);
      assert.equal((await faultyFields(Promise.reject(error))).length, 10);
    });

    test("all names are joined as Russian joins them", async () => {
      await using connection = await open();
      const greet = async (...names: string[]): Promise<string> =>
        (await connection.client.sayHelloToAll(named(...names))).greeting;
      assert.equal(await greet("Анна"), "Привет, Анна!");
      assert.equal(await greet("Анна", " Борис "), "Привет, Анна и Борис!");
      assert.equal(await greet("Анна", "Борис", "Вера"), "Привет, Анна, Борис и Вера!");
    });

    test("no names at all are INVALID_ARGUMENT", async () => {
      await using connection = await open();
      assert.deepEqual(await faultyFields(connection.client.sayHelloToAll(named())), ["name"]);
    });

    test("one bad name among many is INVALID_ARGUMENT, though the client goes on sending", async () => {
      await using connection = await open();
      const names = Array.from({ length: 50 }, (_, index) => (index === 10 ? "\t" : "Анна"));
      assert.deepEqual(await faultyFields(connection.client.sayHelloToAll(named(...names))), [
        "name",
      ]);
    });

    test("1,000 names are greeted, and 1,001 are RESOURCE_EXHAUSTED", async () => {
      await using connection = await open();
      const names = Array.from({ length: 1_000 }, (_, index) => `N${index}`);
      const { greeting } = await connection.client.sayHelloToAll(named(...names));
      assert.ok(greeting.endsWith("N998 и N999!"));
      const error = await failure(connection.client.sayHelloToAll(named(...names, "Анна")));
      assert.equal(error.code, Code.ResourceExhausted);
    });

    test("each name is greeted while the client still waits to send the next", async () => {
      await using connection = await open();
      const greeted: string[] = [];
      const next = Promise.withResolvers<void>();
      async function* names(): AsyncGenerator<{ name: string }> {
        yield { name: "Анна" };
        await next.promise;
        yield { name: "Борис" };
      }
      for await (const { greeting } of connection.client.sayHelloToEach(names())) {
        greeted.push(greeting);
        next.resolve();
      }
      assert.deepEqual(greeted, ["Привет, Анна!", "Привет, Борис!"]);
    });

    test("the names before a bad one are greeted, and it ends the call", async () => {
      await using connection = await open();
      const greeted: string[] = [];
      const call = (async () => {
        const names = named("Анна", "Борис", "", "Вера");
        for await (const { greeting } of connection.client.sayHelloToEach(names)) {
          greeted.push(greeting);
        }
      })();
      assert.deepEqual(await faultyFields(call), ["name"]);
      assert.deepEqual(greeted, ["Привет, Анна!", "Привет, Борис!"]);
    });

    test("each kind of call goes on when the one before it has failed", async () => {
      await using connection = await open();
      for (let round = 0; round < 3; round++) {
        await faultyFields(connection.client.sayHello({ name: "" }));
        await faultyFields(connection.client.sayHelloToAll(named("")));
        await faultyFields(all(connection.client.sayHelloToEach(named(""))));
      }
      assert.equal((await connection.client.sayHello({ name: "Мир" })).greeting, "Привет, Мир!");
    });
  });
}
