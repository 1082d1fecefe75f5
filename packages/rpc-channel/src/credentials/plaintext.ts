import { Code, ConnectError } from "@connectrpc/connect";

/** @throws ConnectError UNAUTHENTICATED where call credentials must not be sent */
export function assertMayCarry(mayCarryCredentials: boolean): void {
  if (mayCarryCredentials) return;
  throw new ConnectError(
    "call credentials would be sent without TLS: use a secure channel, or the option sendCredentialsUnencrypted",
    Code.Unauthenticated,
  );
}
