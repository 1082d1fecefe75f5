import type { ConnectError } from "@connectrpc/connect";
import type { Subchannel } from "./subchannel.ts";

/**
 * What a balancer has decided: an immutable answer to «which connection takes
 * this call?» that holds until the balancer publishes the next.
 */
export interface Picker {
  /** Is called for every attempt of every call: it returns at once, and never waits or connects. */
  pick(call: PickCall): PickResult;
}

/** What a picker may know of a call. */
export interface PickCall {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The call's request headers. */
  readonly header: Headers;
}

export type PickResult = ReadyPick | WaitPick | FailPick | DropPick;

/** The call goes to this subchannel, which has to be READY. */
export interface ReadyPick {
  readonly kind: "ready";
  readonly subchannel: Subchannel;
  /** The call has been sent. A pick that comes to nothing, because the connection has just gone, is not told. */
  started?(): void;
  /** The call that had started is over: told exactly once. */
  ended?(outcome: CallOutcome): void;
}

/** The call waits for the next picker. */
export interface WaitPick {
  readonly kind: "wait";
}

/** The call fails, unless it is to wait until there is a server for it. */
export interface FailPick {
  readonly kind: "fail";
  readonly error: ConnectError;
}

/** The call fails, even if it is to wait. */
export interface DropPick {
  readonly kind: "drop";
  readonly error: ConnectError;
}

/** How a call went, for balancers that learn from it. */
export interface CallOutcome {
  /** Undefined is OK. */
  readonly error: ConnectError | undefined;
  /** What the server sent at the end, with its load report (`endpoint-load-metrics-bin`, gRFC A51). */
  readonly trailer: Headers;
}

const wait: WaitPick = { kind: "wait" };

/** Every call waits. */
export const waitingPicker: Picker = { pick: () => wait };

/** Every call goes to the same subchannel. */
export function fixedPicker(subchannel: Subchannel): Picker {
  const pick: ReadyPick = { kind: "ready", subchannel };
  return { pick: () => pick };
}

/** Every call fails, unless it waits for a server. */
export function failingPicker(error: ConnectError): Picker {
  const pick: FailPick = { kind: "fail", error };
  return { pick: () => pick };
}

/** Every call waits, and the first one does something about it. @param wanted is called once */
export function wakingPicker(wanted: () => void): Picker {
  let asked = false;
  return {
    pick() {
      if (!asked) {
        asked = true;
        wanted();
      }
      return wait;
    },
  };
}
