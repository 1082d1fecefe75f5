import { createClient } from "@connectrpc/connect";
import type { Client } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { ChannelCore } from "../../../src/channel-core.ts";
import type { ChannelOptions } from "../../../src/channel-options.ts";
import { createTransport } from "../../../src/create-transport.ts";
import { createManualResolver, type ManualResolver } from "../../../src/resolver/manual.ts";
import { SubchannelPool } from "../../../src/subchannel/pool.ts";
import type { Target } from "../../../src/target.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";
import { type RequestListener, SimulatedServers } from "./servers.ts";

/** A whole channel in virtual time, with the real engine at both ends of its connections. */
export class VirtualChannel {
  readonly time: VirtualTime;
  readonly servers: SimulatedServers;
  /** Says where the servers are. */
  readonly resolver: ManualResolver = createManualResolver("greeter.example");
  readonly core: CountedCore;
  readonly client: Client<typeof GreeterService>;

  /** @param listener is what the servers do with requests */
  constructor(
    listener: RequestListener,
    time: VirtualTime,
    random: () => number,
    options: ChannelOptions,
  ) {
    this.time = time;
    this.servers = new SimulatedServers(time, random, listener);
    const own: ChannelOptions = {
      resolver: this.resolver,
      subchannelPool: new SubchannelPool(),
      timers: time,
      random,
      logger: { warn: () => {} },
      ...options,
    };
    const target: Target = {
      kind: "addresses",
      text: "greeter.example",
      authority: "greeter.example",
      tls: undefined,
      pathPrefix: "",
      addresses: [],
    };
    this.core = new CountedCore(target, this.servers, own);
    const transport = createTransport(this.core, target, this.servers, own, undefined);
    this.client = createClient(GreeterService, transport);
  }

  /** Lets time pass, alarm by alarm: whatever waits for a promise gets its turn in between. */
  async advance(ms: number): Promise<void> {
    const end = this.time.now() + ms;
    await this.#settle();
    while (this.time.step(end)) await this.#settle();
    this.time.leap(end);
  }

  async #settle(): Promise<void> {
    do {
      this.time.settle();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.time.busy);
  }
}

/** A channel's core, and how many calls it takes to be under way. */
class CountedCore extends ChannelCore {
  live = 0;

  override callStarted(): void {
    this.live++;
    super.callStarted();
  }

  override callEnded(): void {
    this.live--;
    super.callEnded();
  }
}
