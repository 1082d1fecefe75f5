import assert from "node:assert/strict";
import { after, test } from "node:test";
import { contract, createWorkspace, greeter } from "./workspace.ts";

const workspace = await createWorkspace();
after(() => workspace[Symbol.asyncDispose]());

/** Asserts that these are all the lines that lint prints. */
async function assertLint(...lines: readonly string[]): Promise<void> {
  assert.deepEqual(await workspace.run("lint"), { code: 1, stdout: [], stderr: lines });
}

test("contracts in order pass with exit code 0", async () => {
  await workspace.change();
  assert.deepEqual(await workspace.run("lint"), {
    code: 0,
    stdout: ["proto:lint: the contracts are valid, by the rules and well formatted"],
    stderr: [],
  });
});

test("a missing syntax line is one fault, whatever it does to the fields", async () => {
  await workspace.change(['syntax = "proto3";\n', "// The syntax = is gone.\n"]);
  await assertLint(
    `${greeter}:1:1: the file has no syntax line, so it is read as proto2: begin it with syntax = "proto3"; (SYNTAX_SPECIFIED)`,
  );
});

test("a missing syntax line is told before the format", async () => {
  await workspace.change(
    ['syntax = "proto3";\n\n', ""],
    ["  string name = 1;", "  string  name = 1;"],
  );
  await assertLint(
    `${greeter}:1:1: the file has no syntax line, so it is read as proto2: begin it with syntax = "proto3"; (SYNTAX_SPECIFIED)`,
  );
});

test("an unknown syntax is one fault, whatever it does to the fields", async () => {
  await workspace.change(['"proto3"', '"proto4"']);
  await assertLint(
    `${greeter}:1:10: unrecognized \`syntax\` declaration value: write syntax = "proto3"; (COMPILE)`,
  );
});

test("a missing syntax line is the same fault where the file compiles all the same", async () => {
  await workspace.write(greeter, "package greeter.v1;\n");
  await assertLint(
    `${greeter}:1:1: the file has no syntax line, so it is read as proto2: begin it with syntax = "proto3"; (SYNTAX_SPECIFIED)`,
  );
});

test("a field without a label in a file that says proto2 is told about proto2", async () => {
  await workspace.change(
    ['"proto3"', '"proto2"'],
    ["  string name = 1;", "  optional string name = 1;"],
    ["  string language_tag = 2;", "  optional string language_tag = 2;"],
    ["  string greeting = 1;", "  optional string greeting = 1;"],
    ["  string full_name = 1;", "  optional string full_name = 1;"],
  );
  await assertLint(
    `${greeter}:36:3: unexpected type name: a field of proto2 needs a label, so begin the file with syntax = "proto3"; (COMPILE)`,
  );
});

test("a syntax error is told at the place where it shows", async () => {
  await workspace.change(["string name = 1;", "string name = 1"]);
  await assertLint(
    `${greeter}:18:3: unexpected \`string\` after definition: look here and just before for a slip, such as a missing semicolon or brace (COMPILE)`,
  );
});

test("one slip is one fault, however far it upsets the compiler", async () => {
  await workspace.change(["message SayHelloRequest {", "message SayHelloRequest"]);
  await assertLint(
    `${greeter}:14:1: missing message field tag in declaration: look here and just before for a slip, such as a missing semicolon or brace (COMPILE)`,
  );
});

test("an unknown type is told by its name", async () => {
  await workspace.change(["string name = 1;", "Strin name = 1;"]);
  await assertLint(
    `${greeter}:16:3: cannot find \`Strin\` in this scope: correct the spelling, declare it, or import the file that declares it (COMPILE)`,
  );
});

test("a field number that is used twice is told at the second", async () => {
  await workspace.change(["language_tag = 2;", "language_tag = 1;"]);
  await assertLint(
    `${greeter}:18:25: field number \`1\` used more than once: give the new field a number that was never used (COMPILE)`,
  );
});

test("an import of a file that isn't there says where files are looked for", async () => {
  await workspace.change(["package greeter.v1;", 'package greeter.v1;\n\nimport "v1/name.proto";']);
  await assertLint(
    `${greeter}:5:1: imported file does not exist: name it relative to the folder of a module in buf.yaml (COMPILE)`,
  );
});

test("a fault against the rules has the rule's name", async () => {
  await workspace.change(["string name = 1;", "string Name = 1;"]);
  await assertLint(
    `${greeter}:16:10: Field name "Name" should be lower_snake_case, such as "name" (FIELD_LOWER_SNAKE_CASE)`,
  );
});

test("a field without a comment is a fault", async () => {
  await workspace.change(["  // The person's name.\n", ""]);
  await assertLint(
    `${greeter}:15:3: Field "name" should have a non-empty comment for documentation: write a // comment on the line above (COMMENT_FIELD)`,
  );
});

test("a rule can't be ignored by a comment", async () => {
  await workspace.change([
    "  string name = 1;",
    "  // buf:lint:ignore FIELD_LOWER_SNAKE_CASE\n  string Name = 1;",
  ]);
  await assertLint(
    `${greeter}:17:10: Field name "Name" should be lower_snake_case, such as "name" (FIELD_LOWER_SNAKE_CASE)`,
  );
});

test("two faults are two lines, in the order of reading", async () => {
  await workspace.change(
    ["string farewell = 1;", "string Farewell = 1;"],
    ["  // The person's name.\n", ""],
  );
  await assertLint(
    `${greeter}:15:3: Field "name" should have a non-empty comment for documentation: write a // comment on the line above (COMMENT_FIELD)`,
    `${greeter}:35:10: Field name "Farewell" should be lower_snake_case, such as "farewell" (FIELD_LOWER_SNAKE_CASE)`,
  );
});

test("a text that isn't in the standard format is a fault, which --fix mends", async () => {
  await workspace.change(["  string name = 1;", "    string name = 1;"]);
  await assertLint(
    `${greeter}:16:3: from here on the file isn't in the standard format: run pnpm proto:lint --fix (FORMAT)`,
  );

  assert.equal((await workspace.run("lint", "--fix")).code, 0);
  assert.equal(await workspace.read(greeter), contract);
});

test("--fix leaves a text that doesn't compile as it was", async () => {
  await workspace.change(["message SayHelloRequest {", "message SayHelloRequest"]);
  const broken = await workspace.read(greeter);
  assert.equal((await workspace.run("lint", "--fix")).code, 1);
  assert.equal(await workspace.read(greeter), broken);
});

test("--fix still tells what it can't mend", async () => {
  await workspace.change(["  string name = 1;", "    string Name = 1;"]);
  assert.deepEqual(await workspace.run("lint", "--fix"), {
    code: 1,
    stdout: [],
    stderr: [
      `${greeter}:16:10: Field name "Name" should be lower_snake_case, such as "name" (FIELD_LOWER_SNAKE_CASE)`,
    ],
  });
});
