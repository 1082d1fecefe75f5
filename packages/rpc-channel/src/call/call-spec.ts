import type { CallCredentials } from "../credentials/call-credentials.ts";
import type { Method } from "../method.ts";
import type { AttemptOptions } from "./attempt.ts";

/** What is settled about a call before it begins. */
export interface CallSpec {
  /** `/package.Service/Method` */
  readonly path: string;
  /** What its credentials are for. */
  readonly serviceUrl: string;
  /** Its metadata; undefined where there is none. */
  readonly header: Headers | undefined;
  /** Without what differs between attempts. */
  readonly attempt: AttemptOptions;
  readonly startedAt: number;
  /** On the channel's clock; Infinity is never. */
  readonly deadline: number;
  /** Undefined leaves it to the service config. */
  readonly waitForReady: boolean | undefined;
  readonly credentials: readonly CallCredentials[];
  readonly signal: AbortSignal | undefined;
}

/** That of a call of gRPC. */
export interface MethodCallSpec extends CallSpec {
  readonly method: Method;
}
