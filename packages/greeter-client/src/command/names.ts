import type { Readable } from "node:stream";

/** Why names can't be read from standard input. */
export type InputProblem =
  | { readonly kind: "unreadable"; readonly reason: string }
  | { readonly kind: "not-utf8"; readonly line: number }
  | { readonly kind: "line-too-long"; readonly line: number };

/** Standard input doesn't hold names. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly problem: InputProblem;

  constructor(problem: InputProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

const longestLineBytes = 65_536;
const lineFeed = 0x0a;

/**
 * The names in `input`, one on a line that ends with LF, CRLF or the end of the
 * input; a line of only white space is none.
 *
 * @throws InputError where the input can't be read, isn't UTF-8, or has a line
 *   of more than 64 KiB
 */
export async function* readNames(input: Readable): AsyncGenerator<string, void> {
  let number = 0;
  for await (const line of lines(input)) {
    number += 1;
    const name = decode(line, number);
    if (name.trim() !== "") {
      yield name;
    }
  }
}

async function* lines(input: Readable): AsyncGenerator<Buffer, void> {
  let rest = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of chunks(input)) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      yield rest.subarray(start, end);
      start = end + 1;
      number += 1;
    }
    rest = rest.subarray(start);
    if (rest.length > longestLineBytes) {
      throw new InputError({ kind: "line-too-long", line: number });
    }
  }
  yield rest;
}

async function* chunks(input: Readable): AsyncGenerator<Buffer, void> {
  try {
    yield* input as AsyncIterable<Buffer>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError({ kind: "unreadable", reason });
  }
}

function decode(line: Buffer, number: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(line).replace(/\r$/, "");
  } catch {
    throw new InputError({ kind: "not-utf8", line: number });
  }
}
