import type { ConnectError } from "@connectrpc/connect";
import type { Attributes, Endpoint } from "../endpoint.ts";
import type { Timers } from "../timers.ts";

/**
 * Finds the servers of a target, and goes on finding them: a value that a
 * channel takes, and watches while it isn't idle.
 */
export interface Resolver {
  /** The `:authority` of the calls, where the channel's options give none. */
  readonly authority: string;
  /**
   * Begins to resolve. The listener may be called at once, inside `watch()`,
   * and is not called any more after the watch has been closed.
   */
  watch(listener: ResolverListener, host: ResolverHost): ResolverWatch;
}

/** What a resolver may use. */
export interface ResolverHost {
  readonly timers: Timers;
  /** A number from 0 to 1, without 1. */
  random(): number;
}

export interface ResolverListener {
  /**
   * Everything that is known, and not what has changed.
   *
   * @returns false where the channel can't use it: a resolver that asks others asks again, after a backoff
   */
  update(resolution: Resolution): boolean;
  /** It didn't work this time. What was found before stays in use. */
  fail(error: ConnectError): void;
}

export interface ResolverWatch {
  /**
   * A server couldn't be reached, or has gone: others may be known by now.
   * Resolvers that are told of changes have nothing to do; those that ask keep
   * their distance between questions all the same.
   */
  refresh(): void;
  /** Ends it. */
  close(): void;
}

export interface Resolution {
  /** In the order in which `pick_first` is to try them. */
  readonly endpoints: readonly Endpoint[];
  /** The service config that came with them; without one, that of the channel's options holds. */
  readonly serviceConfig?: ResolvedServiceConfig;
  /** For the balancer, about all endpoints. */
  readonly attributes?: Attributes;
}

/** A service config as found: JSON, or why it isn't even that. */
export type ResolvedServiceConfig =
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "error"; readonly error: ConnectError };
