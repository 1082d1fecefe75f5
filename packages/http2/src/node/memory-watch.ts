import { WheelEntry } from "./timing-wheel.ts";
import type { Expiring, TimingWheel } from "./timing-wheel.ts";

/** Below the soft limit, between the two, and above the hard one. */
export type MemoryLevel = "normal" | "high" | "critical";

/** The time between two looks. */
const LOOK_MS = 1000;

export interface MemoryWatchOptions {
  /** Resident memory in octets from which on it is high. */
  readonly softBytes: number;
  /** Resident memory in octets from which on it is critical. */
  readonly hardBytes: number;
  readonly wheel: TimingWheel;
  /** Default: what the process has. */
  readonly resident?: () => number;
  /** Called after each look that finds memory short, and after the first that doesn't any more. */
  readonly onLevel: (level: MemoryLevel) => void;
}

/** Looks at the memory of the process once a second, so that load is shed before the kernel sheds the process. */
export class MemoryWatch implements Expiring {
  readonly #options: MemoryWatchOptions;
  readonly #entry: WheelEntry = new WheelEntry(this);
  #level: MemoryLevel = "normal";

  constructor(options: MemoryWatchOptions) {
    this.#options = options;
  }

  get level(): MemoryLevel {
    return this.#level;
  }

  /** Looks now, and then every second. Without limits, never. */
  start(): void {
    const { softBytes, hardBytes, wheel } = this.#options;
    if (softBytes === Infinity && hardBytes === Infinity) return;
    this.expire(wheel.clock.now());
  }

  stop(): void {
    this.#options.wheel.cancel(this.#entry);
  }

  expire(now: number): void {
    const { wheel, resident = () => process.memoryUsage.rss(), onLevel } = this.#options;
    wheel.schedule(this.#entry, now + LOOK_MS);
    const before = this.#level;
    this.#level = this.#levelOf(resident());
    if (this.#level !== "normal" || before !== "normal") onLevel(this.#level);
  }

  #levelOf(octets: number): MemoryLevel {
    if (octets >= this.#options.hardBytes) return "critical";
    return octets >= this.#options.softBytes ? "high" : "normal";
  }
}
