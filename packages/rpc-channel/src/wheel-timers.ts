import { threadWheel, WheelEntry } from "@privet/http2/node";
import type { TimingWheel } from "@privet/http2/node";
import type { Timers } from "./timers.ts";

/** Alarms on the engine's timing wheel: up to 16 milliseconds late, and nearly free. */
function timersOn(wheel: TimingWheel): Timers {
  return {
    now: () => wheel.clock.now(),
    set(ms, callback) {
      const entry = new WheelEntry({ expire: callback });
      wheel.schedule(entry, wheel.clock.now() + ms);
      return entry;
    },
    clear: (timer) => wheel.cancel(timer as WheelEntry),
  };
}

/** Those of this thread. */
export const threadTimers: Timers = timersOn(threadWheel);
