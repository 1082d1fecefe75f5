import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { dirname } from "node:path";

/** A key and its certificate are written one after the other: wait until all is quiet. */
const settleMs = 100;

/**
 * Calls `changed` soon after one of `files` may have changed, and every
 * `pollMs`. Watches their folders: files are replaced by renaming, and
 * Kubernetes swaps a symbolic link beside them. Keeps no process alive.
 */
export function watchFiles(
  files: readonly string[],
  pollMs: number,
  changed: () => void,
): Disposable {
  let settling: NodeJS.Timeout | undefined;
  const notice = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined;
      changed();
    }, settleMs).unref();
  };
  const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) =>
    watchFolder(folder, notice),
  );
  const poll = setInterval(changed, pollMs).unref();
  return {
    [Symbol.dispose]() {
      clearTimeout(settling);
      clearInterval(poll);
      for (const watcher of watchers) watcher?.close();
    },
  };
}

/** Undefined where the system can't watch it: then polling has to do. */
function watchFolder(folder: string, notice: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, notice);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
