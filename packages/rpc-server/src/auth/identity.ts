import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "@connectrpc/connect";

/** Who makes a call, as a gate has found out. A `verify` function may give more than a name. */
export interface Identity {
  /** What the caller is known by: a token's owner, a name in a certificate. */
  readonly name: string;
}

/**
 * Who makes the call; undefined where no gate has found out:
 * `context.values.get(identityKey)`.
 */
export const identityKey: ContextKey<Identity | undefined> = createContextKey<Identity | undefined>(
  undefined,
  { description: "identity of the caller" },
);
