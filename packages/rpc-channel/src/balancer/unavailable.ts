import { Code, ConnectError } from "@connectrpc/connect";
import { type BalancerState } from "./balancer.ts";
import { failingPicker } from "./picker.ts";

/** No address could be connected to. @param last why the last of them couldn't */
export function noConnection(addresses: number, last: ConnectError | undefined): ConnectError {
  const many = addresses === 1 ? "1 address" : `${addresses} addresses`;
  const reason = last === undefined ? "" : `, last error ${last.rawMessage}`;
  return unavailable(`no connection: ${many}${reason}`, last);
}

export function unavailable(message: string, cause?: unknown): ConnectError {
  return new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
}

/** Calls fail with `error`, but for those that wait. */
export function failure(error: ConnectError): BalancerState {
  return { state: "TRANSIENT_FAILURE", picker: failingPicker(error), error };
}
