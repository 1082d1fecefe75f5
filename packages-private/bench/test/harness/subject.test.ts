import assert from "node:assert/strict";
import { test } from "node:test";
import { startSubject } from "../../src/harness/subject.ts";
import type { SubjectProgram } from "../../src/harness/subject.ts";

const anywhere = {
  wrap: (command: string, args: readonly string[]): readonly [string, ...string[]] => [
    command,
    ...args,
  ],
};

/** A program in another language, as far as the bench can tell. */
function foreign(code: string): SubjectProgram {
  return { command: process.execPath, args: ["-e", code], speaks: false };
}

const DOUBLES = `
  console.log(JSON.stringify({ plain: 1234 }));
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { id, command, argument } = JSON.parse(line);
    if (command === "end") process.exit();
    const answer = command === "double" ? { value: argument * 2 } : { error: "no " + command };
    console.log(JSON.stringify({ id, ...answer }));
  });
`;

test("a foreign program says what is ready, then answers commands line by line", async () => {
  await using subject = await startSubject<{ plain: number }>(foreign(DOUBLES), anywhere);
  assert.deepEqual(subject.ready, { plain: 1234 });
  assert.deepEqual(
    await Promise.all([subject.ask("double", 4), subject.ask("double", 5)]),
    [8, 10],
  );
  await assert.rejects(subject.ask("halve", 4), /no halve/);
  assert.ok((await subject.residentBytes()) > 0);
});

test("a program that ends leaves no question open", async () => {
  await using subject = await startSubject(foreign(DOUBLES), anywhere);
  await assert.rejects(subject.ask("end"), /has ended/);
});

test("a program that ends before it is ready is an error", async () => {
  await assert.rejects(startSubject(foreign(""), anywhere), /ended before it was ready/);
});
