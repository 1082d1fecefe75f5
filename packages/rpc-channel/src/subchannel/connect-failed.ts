import { Code, ConnectError } from "@connectrpc/connect";
import { ConnectFailure } from "@privet/http2/node";
import { type Address, formatAddress } from "../address.ts";

/** Says, for users, why an attempt to connect came to nothing. */
export function connectFailed(address: Address, error: unknown): ConnectError {
  const place = formatAddress(address);
  return new ConnectError(text(place, error), Code.Unavailable, undefined, undefined, error);
}

function text(place: string, error: unknown): string {
  if (!(error instanceof ConnectFailure)) return `${place}: ${messageOf(error)}`;
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  // The system's codes say all that there is; OpenSSL's need their message.
  if (error.reason === "unreachable" && code !== undefined && /^E[A-Z0-9]+$/.test(code)) {
    return `${code} ${place}`;
  }
  return `${place}: ${error.message}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
