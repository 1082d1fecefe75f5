import type { Writable } from "node:stream";
import { styleText } from "node:util";

/** Whoever read standard output has gone away, as `head -1` does. */
export class ReaderGoneError extends Error {
  override readonly name = "ReaderGoneError";
}

/**
 * Writes a line and waits until it has left.
 *
 * @throws ReaderGoneError where nobody reads any more
 */
export function writeLine(stream: Writable, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(`${line}\n`, (error) => {
      if (!error) {
        resolve();
        return;
      }
      const { code } = error as NodeJS.ErrnoException;
      const gone = code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
      reject(gone ? new ReaderGoneError("nobody reads the output", { cause: error }) : error);
    });
  });
}

/**
 * A text from elsewhere on one line of a terminal: what would break the line,
 * steer the terminal or turn the text around it is written as an escape.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The program's name before its errors, red where `stream` shows colours. */
export function label(stream: NodeJS.WritableStream): string {
  return styleText("red", "privet:", { stream });
}
