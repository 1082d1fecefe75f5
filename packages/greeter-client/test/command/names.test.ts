import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import { readNames } from "../../src/command/names.ts";
import { collect } from "../collect.ts";

function namesIn(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  return collect(readNames(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))));
}

suite("the names on standard input", () => {
  test("lines end with LF, CRLF or the end of the input", async () => {
    assert.deepEqual(await namesIn("Анна\nБорис\r\nВера"), ["Анна", "Борис", "Вера"]);
  });

  test("empty lines and lines of white space are skipped", async () => {
    assert.deepEqual(await namesIn("\n\r\nАнна\n \t\n\n"), ["Анна"]);
  });

  test("no input is no names", async () => {
    assert.deepEqual(await namesIn(), []);
  });

  test("a name may come in pieces, cut within a character", async () => {
    const [...bytes] = Buffer.from("Анна\r\nБорис\n");
    const pieces = bytes.map((byte) => Uint8Array.of(byte));
    assert.deepEqual(await namesIn(...pieces), ["Анна", "Борис"]);
  });

  test("only LF ends a line: other separators belong to the name", async () => {
    assert.deepEqual(await namesIn("a\rb\u2028c\u0085d\n"), ["a\rb\u2028c\u0085d"]);
  });

  test("a byte order mark is no part of the first name", async () => {
    assert.deepEqual(await namesIn("\uFEFFАнна\n"), ["Анна"]);
  });

  test("a name is yielded before its successor is there", async () => {
    const input = new Readable({ read: () => {} });
    const names = readNames(input);
    input.push("Анна\nБор");
    assert.deepEqual(await names.next(), { done: false, value: "Анна" });
    input.push("ис\n");
    assert.deepEqual(await names.next(), { done: false, value: "Борис" });
    input.push(null);
    assert.deepEqual(await names.next(), { done: true, value: undefined });
  });

  test("what isn't UTF-8 is refused with its line, after the names before it", async () => {
    const names = readNames(Readable.from([Buffer.from("Анна\n\n"), Buffer.from([0xff, 0x0a])]));
    assert.deepEqual(await names.next(), { done: false, value: "Анна" });
    await assert.rejects(names.next(), { problem: { kind: "not-utf8", line: 3 } });
  });

  test("a line without end is refused, and not kept in memory", async () => {
    let pushed = 0;
    const input = new Readable({
      read() {
        pushed += 1;
        this.push(pushed === 1 ? "Анна\n" : Buffer.alloc(16_384, "a"));
      },
    });
    await assert.rejects(collect(readNames(input)), {
      problem: { kind: "line-too-long", line: 2 },
    });
    assert.ok(pushed < 16, `${pushed} chunks were read`);
  });

  test("an input that can't be read says why", async () => {
    const input = new Readable({
      read() {
        this.destroy(new Error("it is a folder"));
      },
    });
    await assert.rejects(collect(readNames(input)), {
      problem: { kind: "unreadable", reason: "it is a folder" },
    });
  });
});
