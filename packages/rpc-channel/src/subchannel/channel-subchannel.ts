import { Code, ConnectError } from "@connectrpc/connect";
import type { Address } from "../address.ts";
import type {
  HealthListener,
  HealthWatch,
  Subchannel,
  SubchannelListener,
} from "../balancer/subchannel.ts";
import type { ConnectivityState } from "../connectivity.ts";
import type { SerialQueue } from "../serial-queue.ts";
import { openHealthStream } from "./health-stream.ts";
import type { LiveConnection } from "./live-connection.ts";
import type { SharedSubchannel, SubchannelUser } from "./shared-subchannel.ts";

/** A shared connection as the balancer of one channel sees it: it learns of changes in its turn. */
export class ChannelSubchannel implements Subchannel, SubchannelUser {
  state: ConnectivityState;
  error: ConnectError | undefined;
  readonly #shared: SharedSubchannel;
  readonly #queue: SerialQueue;
  readonly #listener: SubchannelListener;
  readonly #authority: string;
  #closed = false;

  constructor(
    shared: SharedSubchannel,
    queue: SerialQueue,
    listener: SubchannelListener,
    authority: string,
  ) {
    this.#shared = shared;
    this.#queue = queue;
    this.#listener = listener;
    this.#authority = authority;
    this.state = shared.state;
    this.error = shared.error;
    shared.enter(this);
  }

  get address(): Address {
    return this.#shared.address;
  }

  get connected(): boolean {
    return this.state === "READY";
  }

  get base(): this {
    return this;
  }

  /** The connection as it is now, whatever the balancer knows of it. */
  get live(): LiveConnection | undefined {
    return this.#shared.live;
  }

  connect(): void {
    if (!this.#closed) this.#shared.connect();
  }

  watchHealth(service: string, listener: HealthListener): HealthWatch {
    const { live } = this;
    let cancelled = false;
    const inTurn = (task: () => void): void =>
      this.#queue.run(() => {
        if (!cancelled) task();
      });
    const stream =
      live &&
      openHealthStream(live, this.#shared.scheme, this.#authority, service, {
        status: (serving) => inTurn(() => listener.status(serving)),
        ended: (error) => inTurn(() => listener.ended(error)),
      });
    if (stream === undefined) {
      // That it isn't connected any more is on its way.
      const gone = new ConnectError("the connection has gone", Code.Unavailable);
      this.#queue.defer(() => inTurn(() => listener.ended(gone)));
    }
    return {
      cancel() {
        cancelled = true;
        stream?.cancel();
      },
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#shared.leave(this);
  }

  changed(state: ConnectivityState, error: ConnectError | undefined): void {
    this.#queue.run(() => {
      if (this.#closed) return;
      this.state = state;
      this.error = error;
      this.#listener(this);
    });
  }
}
