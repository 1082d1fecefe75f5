import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Limits } from "../../../src/index.ts";
import type { ConnectionRecord, Measure } from "./census.ts";
import type { CallRecord } from "./client-program.ts";
import type { Answer, Question } from "./commands.ts";

/** The handlers of one connection of the serving victim. */
export interface Handlers {
  /** The most at work at one time. */
  readonly mostAtWork: number;
  readonly handled: number;
}

/** A victim in a process of its own. Dispose of it with `await using`. */
class Victim implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(file: string) {
    this.#child = fork(join(import.meta.dirname, file), {
      // A small young generation: garbage that waits is not to be taken for memory that is held.
      execArgv: ["-C", "@privet/source", "--expose-gc", "--max-semi-space-size=1"],
      // JSON has no Infinity.
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (answer: Answer) => this.#settle(answer));
    this.#child.on("close", (code) => this.#fail(`the victim ended with ${code}`));
  }

  /** How the connection ended that has `port` as the attacker's end, or its own where it is the client. */
  record(port: number): Promise<ConnectionRecord> {
    return this.ask("record", port);
  }

  measure(): Promise<Measure> {
    return this.ask("measure");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await ended;
  }

  protected ask<Value>(command: string, argument?: unknown): Promise<Value> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#waiting.set(id, pending);
    const question: Question = { id, command, argument };
    this.#child.send(question, (error) => {
      if (error !== null) pending.reject(error);
    });
    return pending.promise as Promise<Value>;
  }

  #settle({ id, value, error }: Answer): void {
    const pending = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new Error(`in the victim: ${error}`));
  }

  #fail(message: string): void {
    for (const pending of this.#waiting.values()) pending.reject(new Error(message));
    this.#waiting.clear();
  }
}

export class VictimServer extends Victim {
  constructor() {
    super("server-program.ts");
  }

  /** @returns the port of one more listener, with `limits` laid over the defaults */
  listen(limits: Partial<Limits> = {}): Promise<number> {
    return this.ask("listen", limits);
  }

  /** @param port the attacker's, as for `record()` */
  handlers(port: number): Promise<Handlers> {
    return this.ask("handlers", port);
  }

  /** Ends the work of all handlers that hold on. @param port the attacker's */
  letGo(port: number): Promise<void> {
    return this.ask("letGo", port);
  }
}

export class VictimClient extends Victim {
  constructor() {
    super("client-program.ts");
  }

  /** @returns the victim's own port, which names the connection */
  connect(port: number, limits: Partial<Limits> = {}): Promise<number> {
    return this.ask("connect", { port, limits });
  }

  /** Makes one call to `port`. */
  call(
    port: number,
    options: { readonly path?: string; readonly endStream?: boolean } = {},
  ): Promise<CallRecord> {
    return this.ask("call", {
      port,
      path: options.path ?? "/",
      endStream: options.endStream ?? true,
    });
  }

  available(port: number): Promise<number> {
    return this.ask("available", port);
  }

  /** Starts calls to `port`, one after the other. */
  chain(port: number): Promise<void> {
    return this.ask("chain", port);
  }

  /** @returns how many calls the chain made, all of them well */
  stopChain(port: number): Promise<number> {
    return this.ask("stopChain", port);
  }
}
