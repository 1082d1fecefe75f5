import type { Writable } from "node:stream";
import type { Channel } from "@privet/rpc-channel";
import { writeLine } from "./output.ts";

/** Writes the states of `channel` to `output`, each with its time, until it has been closed. */
export async function printStates(
  channel: Pick<Channel, "watchState">,
  output: Writable,
  json: boolean,
): Promise<void> {
  for await (const state of channel.watchState()) {
    const time = new Date();
    const line = json ? JSON.stringify({ time, state }) : `${timeOfDay(time)} ${state}`;
    // Nobody may be reading it; the greetings go on.
    await writeLine(output, line).catch(() => {});
  }
}

/** Local, to the millisecond: 09:05:01.002. */
function timeOfDay(time: Date): string {
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${clock}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
