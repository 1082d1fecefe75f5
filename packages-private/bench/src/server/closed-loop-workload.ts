import type { Target } from "../harness/results.ts";
import { ClosedLoop } from "../load/closed-loop.ts";
import type { BenchCall } from "./calls.ts";
import type { PeerName, ServerPorts } from "./peers.ts";
import { planOf } from "./probe.ts";
import { cpuSideBySide } from "./side-by-side.ts";
import type { PrepareLoad } from "./side-by-side.ts";
import type { Workload } from "./workload.ts";

/** A load of one call, over and over, on HTTP/2. */
export interface ClosedLoopOptions {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
  readonly peers: readonly PeerName[];
  readonly connections: number;
  /** Calls under way on each connection. */
  readonly streams: number;
  readonly call: BenchCall;
  /** How many of the unit a call is worth. Default 1. */
  readonly amount?: number;
  readonly tls?: boolean;
  /** Default: the plain port, or that with TLS. */
  readonly port?: (ports: ServerPorts) => number | undefined;
}

/** CPU of servers for each unit of work, in closed loops. */
export function closedLoopWorkload(options: ClosedLoopOptions): Workload {
  const { name, title, unit, targets, peers } = options;
  return {
    name,
    title,
    unit: `µs/${unit}`,
    targets,
    measure: (bench) => cpuSideBySide(bench, peers, loadOf(options)),
  };
}

function loadOf(options: ClosedLoopOptions): PrepareLoad {
  const { connections, streams, call, amount = 1, tls = false } = options;
  const port = options.port ?? ((ports: ServerPorts) => (tls ? ports.tls : ports.plain));
  return async ({ name, subject }, open) => {
    const number = port(subject.ready);
    if (number === undefined) throw new Error(`${name} has no port for ${options.name}`);
    const target = { port: number, tls };
    const plan = await planOf(call, target);
    const loop = open.use(await ClosedLoop.open(target, { connections, streams, plan }));
    return async (length) => {
      const { calls, seconds } = await loop.run(length);
      return { amount: calls * amount, seconds };
    };
  };
}
