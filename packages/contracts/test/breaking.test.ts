import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { contract, createWorkspace, greeter } from "./workspace.ts";

const workspace = await createWorkspace();
after(() => workspace[Symbol.asyncDispose]());

// Everything below is held against this release.
assert.equal((await workspace.run("release")).code, 0);

type Edit = readonly [from: string, to: string];

/** Asserts that, after the edits, these are all the lines that breaking prints. */
async function assertBreaks(edits: readonly Edit[], ...lines: readonly string[]): Promise<void> {
  await workspace.change(...edits);
  assert.deepEqual(await workspace.run("breaking"), { code: 1, stdout: [], stderr: lines });
}

async function assertBreaksNobody(...edits: readonly Edit[]): Promise<void> {
  await workspace.change(...edits);
  assert.deepEqual(await workspace.run("breaking"), {
    code: 0,
    stdout: ["proto:breaking: nothing breaks users of 0.1.0"],
    stderr: [],
  });
}

const languageTag = "  // The language, as a BCP 47 tag.\n  string language_tag = 2;\n";
const sayGoodbye = `  // SayGoodbye sees one person off.
  rpc SayGoodbye(SayGoodbyeRequest) returns (SayGoodbyeResponse);
`;

test("what was released breaks nobody", () => assertBreaksNobody());

test("a new field, method and message break nobody", () =>
  assertBreaksNobody(
    [languageTag, `${languageTag}  // How to address the person.\n  string title = 3;\n`],
    [
      sayGoodbye,
      `${sayGoodbye}  // Wave waves.\n  rpc Wave(WaveRequest) returns (WaveResponse);\n`,
    ],
    [
      "// SayGoodbyeResponse is",
      "// WaveRequest asks.\nmessage WaveRequest {}\n\n// WaveResponse answers.\nmessage WaveResponse {}\n\n// SayGoodbyeResponse is",
    ],
  ));

test("a comment, the order of fields and a deprecation break nobody", () =>
  assertBreaksNobody(
    ["The person's name.", "The name of the person."],
    [languageTag, ""],
    ["message SayHelloRequest {\n", `message SayHelloRequest {\n${languageTag}`],
    ["string full_name = 1;", "string full_name = 1 [deprecated = true];"],
  ));

test("a deleted field breaks", () =>
  assertBreaks(
    [[languageTag, ""]],
    `${greeter}:14:1: Previously present field "2" with name "language_tag" on message "SayHelloRequest" was deleted: old messages still carry it, so keep it under its number and mark it [deprecated = true] (FIELD_NO_DELETE)`,
  ));

test("a deleted field breaks even where its number and name are reserved", () =>
  assertBreaks(
    [[languageTag, '  reserved 2;\n  reserved "language_tag";\n']],
    `${greeter}:14:1: Previously present field "2" with name "language_tag" on message "SayHelloRequest" was deleted: old messages still carry it, so keep it under its number and mark it [deprecated = true] (FIELD_NO_DELETE)`,
  ));

test("a field with another number breaks: the old number is gone", () =>
  assertBreaks(
    [["language_tag = 2;", "language_tag = 3;"]],
    `${greeter}:14:1: Previously present field "2" with name "language_tag" on message "SayHelloRequest" was deleted: old messages still carry it, so keep it under its number and mark it [deprecated = true] (FIELD_NO_DELETE)`,
  ));

test("a field of another type breaks", () =>
  assertBreaks(
    [["string language_tag", "int32 language_tag"]],
    `${greeter}:18:3: Field "2" with name "language_tag" on message "SayHelloRequest" changed type from "string" to "int32": old callers read and write it the old way, so keep it as it was and add a new field (FIELD_SAME_TYPE)`,
  ));

test("a field that is repeated now breaks", () =>
  assertBreaks(
    [["string language_tag", "repeated string language_tag"]],
    `${greeter}:18:3: Field "2" with name "language_tag" on message "SayHelloRequest" changed cardinality from "optional with implicit presence" to "repeated": old callers read and write it the old way, so keep it as it was and add a new field (FIELD_SAME_CARDINALITY)`,
  ));

test("a renamed field breaks, once for both of its names", () =>
  assertBreaks(
    [["language_tag = 2;", "language = 2;"]],
    `${greeter}:18:10: Field "2" on message "SayHelloRequest" changed name from "language_tag" to "language": JSON and old code still use the old name, so keep it (FIELD_SAME_NAME)`,
  ));

test("another JSON name breaks by itself", () =>
  assertBreaks(
    [["language_tag = 2;", 'language_tag = 2 [json_name = "lang"];']],
    `${greeter}:18:28: Field "2" with name "language_tag" on message "SayHelloRequest" changed option "json_name" from "languageTag" to "lang": JSON and old code still use the old name, so keep it (FIELD_SAME_JSON_NAME)`,
  ));

test("a deleted method breaks", () =>
  assertBreaks(
    [[sayGoodbye, ""]],
    `${greeter}:6:1: Previously present RPC "SayGoodbye" on service "GreeterService" was deleted: callers still use it, so keep it with option deprecated = true (RPC_NO_DELETE)`,
  ));

test("a method that streams now breaks", () =>
  assertBreaks(
    [["SayHello(SayHelloRequest)", "SayHello(stream SayHelloRequest)"]],
    `${greeter}:8:3: RPC "SayHello" on service "GreeterService" changed from client unary to client streaming: callers still use it, so keep it as it was and add a new method (RPC_SAME_CLIENT_STREAMING)`,
  ));

test("a renamed package breaks", () =>
  assertBreaks(
    [["package greeter.v1;", "package greeter.v2;"]],
    `${greeter}:3:1: File package changed from "greeter.v1" to "greeter.v2": every call's path holds it, so keep it and put a new package in a new file beside this one (FILE_SAME_PACKAGE)`,
  ));

test("a contract that doesn't compile is told as such", () =>
  assertBreaks(
    [["string name = 1;", "Strin name = 1;"]],
    `${greeter}:16:3: cannot find \`Strin\` in this scope: correct the spelling, declare it, or import the file that declares it (COMPILE)`,
  ));

test("a change to a standard proto that a contract imports is nobody's break", async () => {
  const details = "packages/contracts/third_party/google/rpc/error_details.proto";
  await using other = await createWorkspace();
  await other.change(
    ["package greeter.v1;", 'package greeter.v1;\n\nimport "google/rpc/error_details.proto";'],
    [languageTag, "  // What is wrong with it.\n  google.rpc.BadRequest fault = 2;\n"],
  );
  assert.equal((await other.run("release")).code, 0);
  await other.write(details, (await other.read(details)).replace("string domain = 2;", ""));
  assert.equal((await other.run("breaking")).code, 0);
});

test("a contract moved to another file and package breaks where it was", async () => {
  await using other = await createWorkspace();
  assert.equal((await other.run("release")).code, 0);
  const moved = "packages/contracts/proto/greeter/v2/greeter.proto";
  await other.write(moved, contract.replace("package greeter.v1;", "package greeter.v2;"));
  await rename(join(other.folder, greeter), join(other.folder, `${greeter}.old`));
  assert.deepEqual(await other.run("breaking"), {
    code: 1,
    stdout: [],
    stderr: [
      `${greeter}:1:1: Previously present file "greeter/v1/greeter.proto" was deleted: other languages import it, so keep it where it was and put what is new beside it (FILE_NO_DELETE)`,
    ],
  });
});

test("without any release there is nothing to compare with, and it says so", async () => {
  await using other = await createWorkspace();
  assert.deepEqual(await other.run("breaking"), {
    code: 1,
    stdout: [],
    stderr: ["proto:breaking: there is no release to compare with: run pnpm proto:release"],
  });
});
