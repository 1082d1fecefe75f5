import { createContextKey } from "@connectrpc/connect";
import type { ContextKey } from "@connectrpc/connect";

/** What credentials may know of the call that they are for. */
export interface CredentialsContext {
  /** As JSON Web Tokens have it for their audience: `https://greeter.example/greeter.v1.GreeterService`. */
  readonly serviceUrl: string;
  /** `/package.Service/Method` */
  readonly path: string;
  /** Aborted when the call ends before it has its credentials. */
  readonly signal: AbortSignal;
}

/**
 * Metadata that says who calls. Asked for at every attempt of a call: what can
 * be used again is for the credentials to keep. What they throw ends the call
 * with UNAUTHENTICATED, or, where it is a ConnectError, with that.
 */
export interface CallCredentials {
  metadata(context: CredentialsContext): HeadersInit | Promise<HeadersInit>;
}

/**
 * Credentials of one call, besides those of its channel:
 * `contextValues: createContextValues().set(callCredentials, bearerToken(…))`.
 */
export const callCredentials: ContextKey<CallCredentials | undefined> = createContextKey<
  CallCredentials | undefined
>(undefined, { description: "credentials of one call" });
