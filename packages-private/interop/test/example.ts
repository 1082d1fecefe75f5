import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "@privet/testkit";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The folder of an example: "python", "go". */
export function exampleFolder(name: string): string {
  return join(root, "examples", name);
}

/** A command of a README, and what it prints there. */
interface Transcript {
  readonly command: string;
  readonly output: string;
}

/** What an example's README tells its reader to type. */
export interface Readme {
  /** The lines of its `sh` blocks. */
  readonly commands: readonly string[];
  /** Its `console` blocks. */
  readonly transcripts: readonly Transcript[];
}

export async function readReadme(name: string): Promise<Readme> {
  const text = await readFile(join(exampleFolder(name), "README.md"), "utf8");
  const blocks = (language: string): string[] =>
    [...text.matchAll(/```(\w+)\n(.*?)```/gs)]
      .filter((block) => block[1] === language)
      .map((block) => block[2] ?? "");
  return {
    commands: blocks("sh").flatMap((block) => block.trimEnd().split("\n")),
    transcripts: blocks("console")
      .flatMap((block) => block.split(/^\$ /m).slice(1))
      .map((session) => {
        const end = session.indexOf("\n");
        return { command: session.slice(0, end), output: session.slice(end + 1) };
      }),
  };
}

/** A copy of an example in a workspace of its own, where it finds the contract. */
export interface ExampleCopy extends AsyncDisposable {
  readonly folder: string;
  /** Runs a line of the README; answers its output, the error stream last. */
  run(command: string): Promise<string>;
}

/** @param left what stays behind, such as generated code: names in the example's folder */
export async function copyExample(name: string, left: readonly string[]): Promise<ExampleCopy> {
  const workspace = await mkdtemp(join(tmpdir(), `privet-${name}-`));
  const folder = join(workspace, "examples", name);
  await mkdir(join(workspace, "packages"));
  await symlink(join(root, "packages/contracts"), join(workspace, "packages/contracts"));
  const skipped = new Set([...left, "bin", ".venv", "__pycache__"]);
  await cp(exampleFolder(name), folder, {
    recursive: true,
    filter: (source) => !skipped.has(basename(source)),
  });
  return {
    folder,
    async run(command) {
      await using program = start("sh", ["-c", command], { cwd: folder, timeoutMs: 180_000 });
      program.end();
      const { code, stdout, stderr } = await program.result;
      assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
      return stdout + stderr;
    },
    [Symbol.asyncDispose]: () => rm(workspace, { recursive: true }),
  };
}

/** Every file under `folder`, by its path there. */
export async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return Object.fromEntries(files.map((file, i) => [file.slice(folder.length), texts[i] ?? ""]));
}
