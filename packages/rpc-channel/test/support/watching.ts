import type { ConnectError } from "@connectrpc/connect";
import { formatAddress } from "../../src/address.ts";
import type {
  Resolution,
  Resolver,
  ResolverListener,
  ResolverWatch,
} from "../../src/resolver/resolver.ts";
import { seeded } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A resolver that is being watched, and what it has said. */
export class Watching implements ResolverListener {
  readonly time: VirtualTime;
  readonly watch: ResolverWatch;
  readonly resolutions: Resolution[] = [];
  readonly errors: ConnectError[] = [];
  /** What the channel says to an update. */
  usable = true;

  constructor(resolver: Resolver, time: VirtualTime = new VirtualTime(), seed = 1) {
    this.time = time;
    this.watch = resolver.watch(this, { timers: time, random: seeded(seed) });
  }

  update(resolution: Resolution): boolean {
    this.resolutions.push(resolution);
    return this.usable;
  }

  fail(error: ConnectError): void {
    this.errors.push(error);
  }

  /** The addresses of the last resolution, those of one endpoint joined by `+`. */
  get addresses(): string[] | undefined {
    return this.resolutions
      .at(-1)
      ?.endpoints.map(({ addresses }) => addresses.map(formatAddress).join("+"));
  }

  /** Lets `ms` pass, and promises settle before and after. */
  async advance(ms: number): Promise<void> {
    await settled();
    this.time.advance(ms);
    await settled();
  }
}

/** All promises that can settle without the world outside have settled. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
