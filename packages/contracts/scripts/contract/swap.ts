import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file or folder that was freshly made, and where it belongs. Both relative to the top level. */
export interface Swap {
  readonly fresh: string;
  readonly target: string;
}

/**
 * Moves everything fresh into place, and what was there into `old`.
 *
 * @throws the error of the file system, with everything back where it was
 */
export async function swap(workspace: string, swaps: readonly Swap[], old: string): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    const [source, destination] = [join(workspace, from), join(workspace, to)];
    await mkdir(dirname(destination), { recursive: true });
    await rename(source, destination);
    undo.unshift(() => rename(destination, source));
  };
  try {
    for (const { fresh, target } of swaps) {
      await unlessMissing(move(target, `${old}/${basename(target)}`));
      await move(fresh, target);
    }
  } catch (error) {
    for (const step of undo) {
      await step();
    }
    throw error;
  }
}

/** What was never generated can't be moved away. */
async function unlessMissing(moved: Promise<void>): Promise<void> {
  try {
    await moved;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
  }
}
