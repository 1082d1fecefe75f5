import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { start } from "@privet/testkit";
import { copyExample, exampleFolder, filesOf, readReadme } from "./example.ts";
import type { ExampleCopy } from "./example.ts";

interface Example {
  /** The folder in `examples/`. */
  readonly name: string;
  /** The folder there that holds the generated code. */
  readonly generated: string;
  /** Why it can't be tested here. */
  readonly skip: string | false;
  /** A copy that is ready to serve. */
  readonly prepared: () => Promise<ExampleCopy>;
  /** Gives a bare copy what is outside of the repository. */
  readonly install?: (copy: ExampleCopy) => Promise<void>;
}

/** Tests an example as the reader of its README meets it. */
export function testExample({ name, generated, skip, prepared, install }: Example): void {
  const suite = `examples/${name}`;
  if (skip !== false) {
    test(suite, { skip });
    return;
  }
  describe(suite, () => {
    test("the README's commands do what it shows", async () => {
      await using copy = await prepared();
      const { commands, transcripts } = await readReadme(name);
      const serve = commands.find((command) => command.endsWith(" 50051")) ?? "";
      // The one thing that isn't as written: tests share the machine, so any free port will do.
      await using server = start("sh", ["-c", `exec ${serve.replace(/50051$/, "0")}`], {
        cwd: copy.folder,
      });
      const [, port = ""] = await server.waitFor(/listening on \S+:(\d+)\n/);
      assert.ok(transcripts.length > 0);
      for (const { command, output } of transcripts) {
        const printed = await copy.run(command.replace("localhost:50051", `localhost:${port}`));
        assert.deepEqual(jsonLines(printed), jsonLines(output), command);
      }
      server.signal("SIGINT");
      assert.equal((await server.result).code, 0);
    });

    test("the generated code is what the README's command makes of the contract", async () => {
      await using copy = await copyExample(name, [generated]);
      await install?.(copy);
      await copy.run((await readReadme(name)).commands.at(-1) ?? "");
      assert.deepEqual(
        await filesOf(join(copy.folder, generated)),
        await filesOf(join(exampleFolder(name), generated)),
      );
    });
  });
}

/** Go's protojson varies its white space from build to build, so that nobody relies on it. */
function jsonLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
