import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import { peerKey } from "../peer.ts";
import type { RequestGate } from "../router/route.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import { identityKey } from "./identity.ts";
import type { Identity } from "./identity.ts";

export interface MutualTlsOptions {
  /**
   * Who the owner of a verified certificate is; undefined for one who may not
   * call: PERMISSION_DENIED. Default: the first URI of its names, else the
   * first DNS name, else the common name.
   */
  readonly identify?: (tls: TlsIdentity, context: HandlerContext) => Identity | undefined;
}

/**
 * A gate for callers with a client certificate, which the port's credentials
 * must ask for. Who has shown none gets UNAUTHENTICATED.
 */
export function mutualTlsAuth({ identify = byName }: MutualTlsOptions = {}): RequestGate {
  return (context) => {
    const { tls } = context.values.get(peerKey);
    if (tls?.certificate === undefined) {
      throw new ConnectError("a client certificate is needed", Code.Unauthenticated);
    }
    const identity = identify(tls, context);
    if (identity === undefined) {
      throw new ConnectError(
        "the client certificate gives no right to call",
        Code.PermissionDenied,
      );
    }
    context.values.set(identityKey, identity);
  };
}

function byName({ names }: TlsIdentity): Identity | undefined {
  const name = names.uris[0] ?? names.dnsNames[0] ?? names.commonName;
  return name === undefined ? undefined : { name };
}
