import { WheelEntry } from "@privet/http2/node";
import type { TimingWheel } from "@privet/http2/node";

/** One alarm that was set. */
export type Timer = object;

/** Alarms that are cheap to set and to clear, since nearly none goes off. */
export interface Timers {
  /** Calls `callback` once, `ms` milliseconds from now or up to 16 later. Infinity never comes. */
  set(ms: number, callback: () => void): Timer;
  /** Does nothing after it has gone off. */
  clear(timer: Timer): void;
  /** Milliseconds since some fixed moment. */
  now(): number;
}

/** Alarms on the engine's timing wheel. */
export function timersOn(wheel: TimingWheel): Timers {
  return {
    set(ms, callback) {
      const entry = new WheelEntry({ expire: callback });
      wheel.schedule(entry, wheel.clock.now() + ms);
      return entry;
    },
    clear: (timer) => wheel.cancel(timer as WheelEntry),
    now: () => wheel.clock.now(),
  };
}
