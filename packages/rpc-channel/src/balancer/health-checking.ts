import { Code, type ConnectError } from "@connectrpc/connect";
import type { Address } from "../address.ts";
import { Backoff } from "../backoff.ts";
import type { ConnectivityState } from "../connectivity.ts";
import type { Timer } from "../timers.ts";
import type { BalancerHost, BalancerPolicy } from "./balancer.ts";
import type { HealthListener, HealthWatch, Subchannel, SubchannelListener } from "./subchannel.ts";
import { derivedHost } from "./derived-host.ts";
import { unavailable } from "./unavailable.ts";

export interface HealthCheckingOptions {
  /** The service that the servers are asked about; empty asks about the server as a whole. */
  readonly service: string;
  /** Is told, once for each connection, of a server without a health service. */
  readonly unimplemented?: (address: Address) => void;
}

/**
 * A policy whose connections count as READY only while their servers say that
 * they are serving (gRFC A17). It works for every policy, because it is the
 * subchannels that know it.
 */
export function healthChecking(
  policy: BalancerPolicy,
  options: HealthCheckingOptions,
): BalancerPolicy {
  return {
    name: policy.name,
    create: (host) =>
      policy.create(
        derivedHost(host, {
          createSubchannel: (address, listener) =>
            new HealthCheckedSubchannel(address, listener, host, options),
        }),
      ),
  };
}

/**
 * A subchannel that lays the health of its server over a connection:
 *
 *     not connected           as the connection
 *     connected, no answer    CONNECTING
 *     connected, SERVING      READY
 *     connected, else         TRANSIENT_FAILURE, watched on
 *     connected, stream lost  TRANSIENT_FAILURE, watched again after a backoff
 *     connected, UNIMPLEMENTED  READY, and not watched any more
 */
class HealthCheckedSubchannel implements Subchannel {
  readonly #plain: Subchannel;
  readonly #listener: SubchannelListener;
  readonly #host: BalancerHost;
  readonly #options: HealthCheckingOptions;
  readonly #backoff: Backoff;
  #watch: HealthWatch | undefined;
  #watchedSince: number;
  #alarm: Timer | undefined;
  state: ConnectivityState;
  error: ConnectError | undefined;

  constructor(
    address: Address,
    listener: SubchannelListener,
    host: BalancerHost,
    options: HealthCheckingOptions,
  ) {
    this.#listener = listener;
    this.#host = host;
    this.#options = options;
    this.#backoff = new Backoff({}, host.random);
    this.#watch = undefined;
    this.#watchedSince = 0;
    this.#alarm = undefined;
    this.#plain = host.createSubchannel(address, () => this.#connectionChanged());
    this.state = this.#plain.state;
    this.error = this.#plain.error;
    if (this.#plain.connected) {
      this.state = "CONNECTING";
      this.#begin();
    }
  }

  get address(): Address {
    return this.#plain.address;
  }

  get base(): Subchannel {
    return this.#plain.base;
  }

  get connected(): boolean {
    return this.#plain.connected;
  }

  connect(): void {
    this.#plain.connect();
  }

  watchHealth(service: string, listener: HealthListener): HealthWatch {
    return this.#plain.watchHealth(service, listener);
  }

  close(): void {
    this.#end();
    this.#plain.close();
  }

  #connectionChanged(): void {
    this.#end();
    if (this.#plain.connected) {
      this.#backoff.reset();
      this.#tell("CONNECTING", undefined);
      this.#begin();
    } else {
      this.#tell(this.#plain.state, this.#plain.error);
    }
  }

  #begin(): void {
    this.#alarm = undefined;
    this.#watchedSince = this.#host.timers.now();
    this.#watch = this.#plain.watchHealth(this.#options.service, {
      status: (serving) => this.#answered(serving),
      ended: (error) => this.#lost(error),
    });
  }

  #end(): void {
    this.#watch?.cancel();
    this.#watch = undefined;
    if (this.#alarm !== undefined) this.#host.timers.clear(this.#alarm);
    this.#alarm = undefined;
  }

  #answered(serving: boolean): void {
    this.#backoff.reset();
    if (serving) this.#tell("READY", undefined);
    else this.#tell("TRANSIENT_FAILURE", this.#unhealthy("its server says that it isn't serving"));
  }

  #lost(error: ConnectError): void {
    this.#watch = undefined;
    if (error.code === Code.Unimplemented) {
      this.#options.unimplemented?.(this.address);
      this.#tell("READY", undefined);
      return;
    }
    const atMs = this.#watchedSince + this.#backoff.next();
    const delayMs = Math.max(0, atMs - this.#host.timers.now());
    this.#alarm = this.#host.timers.set(delayMs, () => this.#begin());
    this.#tell(
      "TRANSIENT_FAILURE",
      this.#unhealthy(`the watch of its health has ended: ${error.message}`, error),
    );
  }

  #unhealthy(why: string, cause?: ConnectError): ConnectError {
    return unavailable(`${this.#options.service || "the server"} is unhealthy: ${why}`, cause);
  }

  #tell(state: ConnectivityState, error: ConnectError | undefined): void {
    this.state = state;
    this.error = error;
    this.#listener(this);
  }
}
