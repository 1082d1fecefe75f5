import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { start } from "@privet/testkit";
import { libraryModules } from "../scripts/contract/folders.ts";

const topLevel = fileURLToPath(new URL("../../..", import.meta.url));

// Most of a command's time is Node reading the same scripts again.
const env = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/tests", import.meta.url)),
};

/** The contract of the workspace, as faults name it. */
export const greeter = "packages/contracts/proto/greeter/v1/greeter.proto";

/** The text of that contract: one of the tests' own, so that the real one may change. */
export const contract: string = await readFile(new URL("greeter.proto", import.meta.url), "utf8");

/** How a command ended, and the lines that it printed. */
interface Ending {
  readonly code: number | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** A workspace with contracts in a temporary folder, to break. */
export interface Workspace extends AsyncDisposable {
  readonly folder: string;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Writes the contract anew with each of these pairs, a text that it holds once, replaced. */
  change(...edits: readonly (readonly [from: string, to: string])[]): Promise<void>;
  /** Writes the version that the next release has. */
  setVersion(version: string): Promise<void>;
  /** Runs `scripts/NAME.ts` at the top level of the workspace. */
  run(name: string, ...args: readonly string[]): Promise<Ending>;
}

/** A new workspace, with the real `buf.yaml` and standard protos, that was never released or generated. */
export async function createWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "privet-contracts-"));
  const standard = libraryModules.map(({ proto }) => proto);
  for (const path of ["buf.yaml", "packages/contracts/third_party", ...standard]) {
    await cp(join(topLevel, path), join(folder, path), { recursive: true });
  }
  const workspace = workspaceIn(folder);
  await workspace.change();
  await workspace.setVersion("0.1.0");
  return workspace;
}

/** A workspace that is like another one, as it is now. */
export async function copyWorkspace(original: Workspace): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "privet-contracts-"));
  await cp(original.folder, folder, { recursive: true });
  return workspaceIn(folder);
}

function workspaceIn(folder: string): Workspace {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  return {
    folder,
    write,
    setVersion: (version) => write("packages/contracts/package.json", JSON.stringify({ version })),
    read: (path) => readFile(join(folder, path), "utf8"),
    change: (...edits) => write(greeter, edits.reduce(replaceOnce, contract)),
    run: (name, ...args) => runScript(folder, name, args),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

function replaceOnce(text: string, [from, to]: readonly [string, string]): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) {
    throw new Error(`the contract holds «${from}» ${pieces.length - 1} times, not once`);
  }
  return pieces.join(to);
}

async function runScript(folder: string, name: string, args: readonly string[]): Promise<Ending> {
  const script = fileURLToPath(new URL(`../scripts/${name}.ts`, import.meta.url));
  await using program = start(process.execPath, [script, ...args], { cwd: folder, env });
  const { code, stdout, stderr } = await program.result;
  return { code, stdout: linesOf(stdout), stderr: linesOf(stderr) };
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}
