import type { Duplex } from "node:stream";
import type { Limits } from "../limits.ts";
import { Driver } from "./driver.ts";
import type { SocketConnection, SocketHandler } from "./driver.ts";
import type { TimingWheel } from "./timing-wheel.ts";
import type { Turn } from "./turn.ts";

export interface AcceptOptions {
  /** Makes the application's side. */
  readonly handler: (connection: SocketConnection) => SocketHandler;
  /** Laid over `defaultLimits("server")`. */
  readonly limits?: Partial<Limits>;
  /** Count what goes beyond the budgets and let it pass. Default false. */
  readonly observe?: boolean;
  /** Where its deadlines are, and what it takes for now. Default: those of this thread. */
  readonly wheel?: TimingWheel;
  readonly turn?: Turn;
}

/** Serves HTTP/2 on a stream of bytes that is open already, such as one end of `memoryPipe()`. */
export function accept(socket: Duplex, options: AcceptOptions): SocketConnection {
  return new Driver({ ...options, socket, role: "server", invalidPreface: "goaway" });
}
