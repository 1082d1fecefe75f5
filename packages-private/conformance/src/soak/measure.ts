/** What a process holds at one moment. */
export interface Reading {
  /** Since the first reading of the run, in seconds. */
  readonly seconds: number;
  /** Of V8's heap after a collection, in octets. */
  readonly heap: number;
  /** Resident memory of the process, in octets. */
  readonly rss: number;
  /** Sockets, timers and the like that libuv holds for Node. */
  readonly handles: number;
  /** Calls that are under way. */
  readonly calls: number;
}

/**
 * Reads this process, after a collection of its garbage.
 *
 * @param since the `performance.now()` of the first reading
 * @throws Error in a process without `--expose-gc`
 */
export function measure(since: number, calls: number): Reading {
  if (globalThis.gc === undefined) throw new Error("a soak's process needs --expose-gc");
  globalThis.gc({ type: "major", execution: "sync" });
  const { heapUsed, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  return { seconds: (performance.now() - since) / 1000, heap: heapUsed, rss, handles, calls };
}
