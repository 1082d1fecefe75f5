import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { createInterface } from "node:readline";
import { measure } from "./measure.ts";
import type { Reading } from "./measure.ts";

/**
 * Makes this process one that is soaked: says that it is ready, then reads
 * itself for each line on its standard input, and calls `end` when that ends.
 *
 * @param ready what the suite needs to know, such as a port
 * @param calls how many are under way
 */
export function becomeSubject(ready: object, calls: () => number, end: () => void): void {
  const since = performance.now();
  let readings = 0;
  createInterface({ input: process.stdin })
    .on("line", () => print("reading", { number: readings++, ...measure(since, calls()) }))
    .on("close", end);
  print("ready", ready);
}

function print(what: string, fields: object): void {
  console.log(`${what} ${JSON.stringify(fields)}`);
}

/** A process that `becomeSubject()` has been called in, seen from the suite. */
export class Subject implements AsyncDisposable {
  readonly #program: Program;
  #asked = 0;

  /**
   * @param file the program
   * @param timeoutMs it is killed after so long
   */
  constructor(file: string, args: readonly string[], timeoutMs: number) {
    const flags = ["--expose-gc", "-C", "@privet/source"];
    this.#program = start(process.execPath, [...flags, file, ...args], { timeoutMs });
  }

  /** What it said when it was ready. */
  async ready<Ready extends object>(): Promise<Ready> {
    const [, fields = ""] = await this.#program.waitFor(/^ready (.*)\n/m);
    return JSON.parse(fields) as Ready;
  }

  async read(): Promise<Reading> {
    const number = this.#asked++;
    this.#program.write("\n");
    const line = new RegExp(`^reading (\\{"number":${number},.*)\\n`, "m");
    const [, fields = ""] = await this.#program.waitFor(line);
    return JSON.parse(fields) as Reading;
  }

  /** Ends its input, waits for it, and answers all that it has printed. @throws Error unless it ends well */
  async end(): Promise<string> {
    this.#program.end();
    const { code, stdout, stderr } = await this.#program.result;
    if (code !== 0) throw new Error(`the soaked process has ended with ${code}\n${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
