import type { Limits, Role } from "../limits.ts";
import type { ConnectionHandler } from "./handler.ts";

/** How a connection is made. */
export interface ConnectionOptions {
  readonly role: Role;
  readonly handler: ConnectionHandler;
  /** Milliseconds of any monotonic clock: the same that `receive()`, `written()` and `expire()` get. */
  readonly now: number;
  /** Laid over `defaultLimits(role)`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
  /** Server: what a wrong preface gets: GOAWAY (default; after ALPN `h2`), or no answer at all. */
  readonly invalidPreface?: "goaway" | "silence";
  /** In [0, 1), for the jitter of `maxConnectionAgeMs`. Default `Math.random`. */
  readonly random?: () => number;
}
