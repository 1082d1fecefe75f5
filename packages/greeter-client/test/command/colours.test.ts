import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { requirement, start } from "@privet/testkit";
import { main, plain, privet } from "../peers/privet.ts";

const escape = "\u001b";
const bold = `${escape}[1m`;
const red = `${escape}[31m`;

suite("colours", () => {
  test("there are none in a pipe", async () => {
    await using help = privet(["--help"]);
    assert.ok(!(await help.result).stdout.includes(escape));
    await using fault = privet(["--nonsense"]);
    assert.ok(!(await fault.result).stderr.includes(escape));
  });

  test("FORCE_COLOR brings them into a pipe", async () => {
    const env = { FORCE_COLOR: "1" };
    await using help = privet(["--help"], { env });
    assert.ok((await help.result).stdout.startsWith(`${bold}Использование:`));
    await using fault = privet(["--nonsense"], { env });
    assert.ok((await fault.result).stderr.startsWith(`${red}privet:`));
  });

  const skip = requirement({
    name: "script (util-linux)",
    probe: { command: "script", args: ["--version"] },
    hint: "apt install bsdutils",
  });

  test("a terminal has them, unless NO_COLOR is set", { skip }, async () => {
    const command = `"${process.execPath}" -C @privet/source "${main}" --help`;
    for (const [noColor, coloured] of [
      [undefined, true],
      ["1", false],
    ] as const) {
      const env = { ...plain, NO_COLOR: noColor, TERM: "xterm-256color", COLORTERM: undefined };
      await using program = start("script", ["-qec", command, "/dev/null"], { env, input: "" });
      const { stdout } = await program.result;
      assert.match(stdout, /Использование:/);
      assert.equal(stdout.includes(bold), coloured);
    }
  });
});
