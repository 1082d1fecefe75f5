import { Code, ConnectError } from "@connectrpc/connect";
import type { BalancerState } from "./balancer/balancer.ts";
import type {
  DropPick,
  FailPick,
  PickCall,
  Picker,
  PickResult,
  ReadyPick,
} from "./balancer/picker.ts";

/** A call, or an attempt of one, that wants a connection. */
export interface WaitingCall extends PickCall {
  /** Whether it waits where it would fail otherwise. */
  readonly waitForReady: boolean;
  /** It has waited, and this is what for. Called once, and never inside `pick()`. */
  picked(result: ReadyPick | FailPick | DropPick): void;
}

/**
 * Where calls get their connections: from the current picker at once, or, in
 * the order in which they came, from the next one.
 *
 * A call asks each picker once. That a picker's answer may be out of date, and
 * asking it again gives the same, is how clients come to spin at 100 % CPU.
 */
export class PickerGate {
  #picker: Picker | undefined;
  #state: BalancerState["state"] | undefined;
  #lastFailure: ConnectError | undefined;
  #closed: DropPick | undefined;
  readonly #waiting: Set<WaitingCall>;

  constructor() {
    this.#picker = undefined;
    this.#state = undefined;
    this.#lastFailure = undefined;
    this.#closed = undefined;
    this.#waiting = new Set();
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** What the calls that wait are waiting for, to end the sentence «deadline passed after 5 s while …». */
  get waitingFor(): string {
    if (this.#state === undefined) return "resolving the name";
    const last = this.#lastFailure === undefined ? "" : ` (${this.#lastFailure.rawMessage})`;
    return this.#state === "READY" ? `waiting for a server${last}` : `connecting${last}`;
  }

  /**
   * Picks for a call that has just come, or whose last pick came to nothing.
   * With «wait», the call is in line: `picked()` is called, unless `remove()` is.
   *
   * @param stale the picker, if any, whose answer came to nothing: that of `current` at the time
   */
  pick(call: WaitingCall, stale?: Picker): PickResult {
    if (this.#closed !== undefined) return this.#closed;
    const picker = this.#picker;
    if (picker === undefined || picker === stale) return this.#wait(call);
    const result = ask(picker, call);
    return result.kind === "wait" ? this.#wait(call) : result;
  }

  /** The picker that answers at the moment; to be kept with its answer. */
  get current(): Picker | undefined {
    return this.#picker;
  }

  /** Takes a call out of the line: it is cancelled, or its deadline has passed. */
  remove(call: WaitingCall): void {
    this.#waiting.delete(call);
  }

  /** The balancer's new verdict: those that wait ask it, in their order. */
  publish(state: BalancerState): void {
    this.#state = state.state;
    this.#picker = state.picker;
    if (state.state === "TRANSIENT_FAILURE") this.#lastFailure = state.error;
    else if (state.state === "READY") this.#lastFailure = undefined;
    this.#serve(state.picker);
  }

  /** Back to the beginning: the channel is idle. Calls wait for the next picker. */
  reset(): void {
    this.#picker = undefined;
    this.#state = undefined;
    this.#lastFailure = undefined;
  }

  /** All calls fail with `error`, those that wait and those to come. */
  close(error: ConnectError): void {
    const result: DropPick = { kind: "drop", error };
    this.#closed = result;
    this.#picker = undefined;
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      call.picked(result);
    }
  }

  #wait(call: WaitingCall): PickResult {
    this.#waiting.add(call);
    return waits;
  }

  #serve(picker: Picker): void {
    const line = [...this.#waiting];
    for (const call of line) {
      // What a call does when it's picked may lead to another picker, which has served the rest.
      if (this.#picker !== picker) return;
      if (!this.#waiting.has(call)) continue;
      const result = ask(picker, call);
      if (result.kind === "wait") continue;
      this.#waiting.delete(call);
      call.picked(result);
    }
  }
}

const waits: PickResult = { kind: "wait" };

function ask(picker: Picker, call: WaitingCall): PickResult {
  let result: PickResult;
  try {
    result = picker.pick(call);
  } catch (error) {
    return { kind: "drop", error: ConnectError.from(error, Code.Internal) };
  }
  if (result.kind === "fail") return call.waitForReady ? waits : legal(result);
  return result.kind === "drop" ? legal(result) : result;
}

/** Codes that say something of the call, which those who choose a server can't know (gRFC A54). */
const codesOfCalls: ReadonlySet<Code> = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.AlreadyExists,
  Code.FailedPrecondition,
  Code.Aborted,
  Code.OutOfRange,
  Code.DataLoss,
]);

function legal<T extends FailPick | DropPick>(result: T): T {
  const { error } = result;
  if (!codesOfCalls.has(error.code)) return result;
  const message = `the balancer failed with a code that it may not use: ${error.message}`;
  return {
    ...result,
    error: new ConnectError(message, Code.Internal, undefined, undefined, error),
  };
}
