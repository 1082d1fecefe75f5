import { Code, ConnectError } from "@connectrpc/connect";

/** Why a signal was aborted, as Connect has it: CANCELED, unless the reason is an error with a code. */
export function abortReason(signal: AbortSignal): ConnectError {
  const reason: unknown = signal.reason;
  // Connect, so that users find their own reason in the error.
  if (reason === undefined || reason === null)
    return new ConnectError("the call was cancelled", Code.Canceled);
  return ConnectError.from(reason, Code.Canceled);
}
