import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import { root } from "../src/bin.ts";
import { sessionsOf } from "./documents/markdown.ts";

const skip =
  requirement({
    name: "script",
    probe: { command: "script", args: ["--version"] },
    hint: "it comes with util-linux and makes the pseudo-terminal.",
  }) ||
  requirement({
    name: "npx",
    probe: { command: "npx", args: ["--version"] },
    hint: "it comes with Node.",
  });

const russian = { LC_ALL: "ru_RU.UTF-8", PRIVET_ADDRESS: undefined, NO_COLOR: "1" };

function runSource(file: string, args: readonly string[] = []): ReturnType<typeof start> {
  const source = join(root, file);
  return start(process.execPath, ["-C", "@privet/source", source, ...args], { env: russian });
}

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect({ host: "localhost", port });
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test("start prints what the README shows", { skip }, async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const shown = sessionsOf(readme).find(({ args }) => args[0] === "start");
  assert.ok(shown !== undefined);
  const command = `npx -y pnpm@12 --silent ${shown.args.join(" ")}`;
  await using terminal = start("script", ["-qefc", command, "/dev/null"], {
    cwd: root,
    env: { ...russian, LC_ALL: "C.UTF-8" },
  });
  await terminal.waitFor(/Ctrl-C/);
  terminal.write("\u0003");
  const { code, stdout } = await terminal.result;
  assert.equal(code, 0);
  assert.ok(stdout.replaceAll("\r\n", "\n").includes(shown.output), stdout);
});

test(
  "start greets the world, serves until Ctrl-C, drains, and then gives the prompt back with 0",
  {
    skip,
  },
  async () => {
    await using terminal = start("script", ["-qefc", "npx -y pnpm@12 start", "/dev/null"], {
      cwd: root,
      env: russian,
    });
    await terminal.waitFor(/^Ответ сервера: Привет, Мир!\r?$/m);
    await terminal.waitFor(/npx -y pnpm@12 client Анна/);

    await using second = runSource("packages-private/scripts/src/start.ts");
    const refused = await second.result;
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /50051 занят/);

    await using client = runSource("packages/greeter-client/src/main.ts", ["--each"]);
    client.write("Анна\n");
    await client.waitFor(/Привет, Анна!/);

    let promptIsBack = false;
    const ended = terminal.result.finally(() => {
      promptIsBack = true;
    });
    terminal.write("\u0003");
    await terminal.waitFor(/ждём открытые вызовы/);
    client.write("Борис\n");
    await client.waitFor(/Привет, Борис!/);
    assert.equal(promptIsBack, false, "the prompt is back before the open call has ended");
    client.end();
    assert.equal((await client.result).code, 0);

    const { code, stdout } = await ended;
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /ELIFECYCLE|npm error|ERR_|SIGINT/);
    assert.equal(await refusesConnections(50051), true, "somebody still listens on 50051");
  },
);
