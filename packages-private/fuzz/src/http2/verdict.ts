import type { Outcome } from "./engine.ts";
import type { Frame } from "./frames.ts";

/** How bad a server found what it got: nothing was wrong, a stream was, or all was. */
export type Verdict = "accepted" | "stream error" | "connection error";

const RST_STREAM = 3;
const GOAWAY = 7;

/** The engine's, which says how the connection ended. */
export function verdictOfEngine({ log, output }: Outcome): Verdict {
  const ended = log.findLast((line) => line.startsWith("closed "));
  if (ended?.startsWith("closed local") === true && !ended.startsWith("closed local 0")) {
    return "connection error";
  }
  return hasReset(output) ? "stream error" : "accepted";
}

/** What the engine found wrong: its tokens, and "reset N" for each RST_STREAM with the code N. */
export function tokensOf({ log, output }: Outcome): string[] {
  const ends = log.filter((line) => /^(?:end|closed) .*local/.test(line));
  const resets = output.filter(({ type }) => type === RST_STREAM);
  return [
    ...ends.flatMap((line) => line.split(" ")),
    ...resets.map(({ payload }) => `reset ${readCode(payload, 0)}`),
  ];
}

/** Another's, by what it sent. One that waits for the rest of a frame has found nothing wrong yet. */
export function verdictOf(frames: readonly Frame[]): Verdict {
  const failed = frames.some(({ type, payload }) => type === GOAWAY && readCode(payload, 4) !== 0);
  if (failed) return "connection error";
  return hasReset(frames) ? "stream error" : "accepted";
}

function hasReset(frames: readonly Frame[]): boolean {
  return frames.some(({ type, payload }) => type === RST_STREAM && readCode(payload, 0) !== 0);
}

function readCode(payload: Uint8Array, offset: number): number {
  return new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(offset);
}
