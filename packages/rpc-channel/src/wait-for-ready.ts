import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "@connectrpc/connect";

/**
 * Whether one call waits for a server where it would fail with UNAVAILABLE
 * (gRPC, "Wait for Ready Semantics"): `contextValues:
 * createContextValues().set(waitForReady, true)`. Default: what the service
 * config and the channel say.
 */
export const waitForReady: ContextKey<boolean | undefined> = createContextKey<boolean | undefined>(
  undefined,
  { description: "wait for ready" },
);
