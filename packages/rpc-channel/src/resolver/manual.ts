import type { ConnectError } from "@connectrpc/connect";
import type { Resolution, Resolver, ResolverListener } from "./resolver.ts";

/**
 * Says what it is told to say: for tests, and for programs that learn of their
 * servers in a way of their own.
 */
export interface ManualResolver extends Resolver {
  /**
   * Tells every watch, now and to come.
   *
   * @returns false where a channel can't use it
   */
  update(resolution: Resolution): boolean;
  /** Tells every watch of today; what they were told before stays in use. */
  fail(error: ConnectError): void;
  /** How many channels watch. */
  readonly watches: number;
  /** How often they have asked for news. */
  readonly refreshes: number;
}

/** @param refreshed is called when a channel asks for news */
export function createManualResolver(
  authority: string = "localhost",
  refreshed: () => void = () => {},
): ManualResolver {
  const listeners = new Set<ResolverListener>();
  let latest: Resolution | undefined;
  let refreshes = 0;
  return {
    authority,
    get watches() {
      return listeners.size;
    },
    get refreshes() {
      return refreshes;
    },
    watch(listener) {
      // A listener of its own for each watch: the same one may be given twice.
      const entry: ResolverListener = {
        update: (resolution) => listener.update(resolution),
        fail: (error) => listener.fail(error),
      };
      listeners.add(entry);
      if (latest !== undefined) entry.update(latest);
      return {
        refresh() {
          if (!listeners.has(entry)) return;
          refreshes++;
          refreshed();
        },
        close: () => void listeners.delete(entry),
      };
    },
    update(resolution) {
      latest = resolution;
      return [...listeners].map((listener) => listener.update(resolution)).every(Boolean);
    },
    fail(error) {
      for (const listener of listeners) listener.fail(error);
    },
  };
}
