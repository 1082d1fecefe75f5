import { setTimeout as delay } from "node:timers/promises";
import type { Reading } from "./measure.ts";

const READINGS = 60;
const MIB = 1_048_576;

/** Takes readings at even times over `durationMs`, and prints each. */
export async function readFor(
  durationMs: number,
  read: () => Promise<Reading>,
): Promise<Reading[]> {
  const startedAt = performance.now();
  const readings: Reading[] = [];
  console.log("seconds  heap MiB  rss MiB  handles  calls");
  for (let i = 1; i <= READINGS; i++) {
    await delay(Math.max(0, startedAt + (durationMs * i) / READINGS - performance.now()));
    const reading = await read();
    readings.push(reading);
    const { seconds, heap, rss, handles, calls } = reading;
    const cells = [seconds, heap / MIB, rss / MIB, handles, calls];
    const widths = [7, 8, 7, 7, 5];
    console.log(cells.map((cell, at) => cell.toFixed(0).padStart(widths[at] ?? 0)).join("  "));
  }
  console.log("");
  return readings;
}
