import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { binFile, root } from "./bin.ts";
import { mustRun } from "./command.ts";

/** A package of the workspace as it would be published. */
export interface Tarball {
  readonly name: string;
  /** Absolute path of the .tgz file. */
  readonly file: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

/** Builds the publishable packages (`packages/*`, unless private) and packs each into `folder`. */
export async function packAll(folder: string): Promise<Tarball[]> {
  await mustRun(
    process.execPath,
    [binFile("typescript", "tsc"), "-b", "tsconfig.build.json"],
    root,
  );
  const tarballs: Tarball[] = [];
  for (const name of await readdir(join(root, "packages"))) {
    const packageFolder = join(root, "packages", name);
    const manifest = await readManifest(packageFolder);
    if (manifest.private === true) continue;
    await mustRun(...pnpm(["pack", "--pack-destination", folder]), packageFolder);
    tarballs.push({ name: manifest.name, file: join(folder, fileName(manifest)) });
  }
  return tarballs;
}

async function readManifest(packageFolder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as Manifest;
}

/** `@privet/http2` 0.1.0 is packed as `privet-http2-0.1.0.tgz`. */
function fileName({ name, version }: Manifest): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** The pnpm that runs this script: a program, or on some systems a JavaScript file. */
function pnpm(args: readonly string[]): [file: string, args: readonly string[]] {
  const path = process.env["npm_execpath"];
  if (path === undefined) {
    throw new Error("run this through pnpm: the packing needs the pnpm that started it");
  }
  return /\.[cm]?js$/.test(path) ? [process.execPath, [path, ...args]] : [path, args];
}
