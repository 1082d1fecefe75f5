import { readFileSync } from "node:fs";
import { token } from "./kind.ts";

/**
 * Reads a file with a bearer token on each line; empty lines don't count.
 *
 * @throws Error for a file that can't be read, has no token, or has what is
 *   none; the message says in which line, and not what is there
 */
export function readTokens(file: string): readonly string[] {
  const tokens = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim());
  for (const [index, text] of tokens.entries()) {
    if (text !== "" && token.parse(text) === undefined) {
      throw new Error(`line ${index + 1} of ${file} is no bearer token (RFC 6750)`);
    }
  }
  const given = tokens.filter((text) => text !== "");
  if (given.length === 0) throw new Error(`there is no token in ${file}`);
  return given;
}
