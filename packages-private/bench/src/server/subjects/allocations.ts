import { GCProfiler } from "node:v8";
import type { Commands } from "../../harness/subject-process.ts";

let profiler: GCProfiler | undefined;

/** Commands that count what is allocated on the heap between them, in octets. */
export const allocationCommands: Commands = {
  startAllocations: () => {
    profiler = new GCProfiler();
    profiler.start();
    globalThis.gc?.();
  },
  // What each collection found, less what the one before it had left.
  stopAllocations: () => {
    globalThis.gc?.();
    const [first, ...rest] = profiler?.stop()?.statistics ?? [];
    let allocated = 0;
    let left = first?.afterGC.heapStatistics.usedHeapSize ?? 0;
    for (const { beforeGC, afterGC } of rest) {
      allocated += beforeGC.heapStatistics.usedHeapSize - left;
      left = afterGC.heapStatistics.usedHeapSize;
    }
    return allocated;
  },
};
