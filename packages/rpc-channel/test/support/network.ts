import assert from "node:assert/strict";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Address, formatAddress } from "../../src/address.ts";
import { Backoff } from "../../src/backoff.ts";
import type {
  HealthListener,
  HealthWatch,
  Subchannel,
  SubchannelListener,
} from "../../src/balancer/subchannel.ts";
import { canFollow, type ConnectivityState } from "../../src/connectivity.ts";
import type { Timer } from "../../src/timers.ts";
import type { VirtualTime } from "./virtual-time.ts";

export type Health = "SERVING" | "NOT_SERVING" | "UNIMPLEMENTED" | "broken" | "silent";

/** A server of the simulated network; what it does may be changed at any time. */
export interface Server {
  /** What becomes of attempts to connect. */
  answers: "accepts" | "refuses" | "is silent";
  latencyMs: number;
  health: Health;
}

/** Servers, the connections to them, and a record of every attempt. */
export class Network {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly attempts: { readonly address: string; readonly at: number }[] = [];
  readonly #servers = new Map<string, Server>();
  readonly #connections = new Map<string, Connection>();
  readonly #watches = new Set<Watch>();

  constructor(time: VirtualTime, random: () => number) {
    this.time = time;
    this.random = random;
  }

  /** The server at an address: one that accepts after a millisecond, unless it has been changed. */
  server(address: string): Server {
    let server = this.#servers.get(address);
    if (server === undefined) {
      server = { answers: "accepts", latencyMs: 1, health: "SERVING" };
      this.#servers.set(address, server);
    }
    return server;
  }

  /** The server changes its health, and says so to those who watch. */
  setHealth(address: string, health: Health): void {
    this.server(address).health = health;
    this.#connections.get(address)?.tellHealth();
  }

  /** How many watch the health of a server. */
  get watches(): number {
    return [...this.#watches].filter((watch) => watch.open).length;
  }

  watching(watch: Watch): void {
    this.#watches.add(watch);
  }

  /** An attempt to connect is given up, without having failed. */
  abandon(address: string): void {
    this.#connections.get(address)?.abandon();
  }

  /** The connection to an address breaks. */
  drop(address: string): void {
    this.#connections.get(address)?.drop();
  }

  /** The server refuses from now on, and its connection breaks. */
  stop(address: string): void {
    this.server(address).answers = "refuses";
    this.drop(address);
  }

  start(address: string): void {
    this.server(address).answers = "accepts";
  }

  /** Addresses to which somebody has, or wants, a connection. */
  get used(): string[] {
    return [...this.#connections.keys()].sort();
  }

  get connected(): string[] {
    return this.used.filter((key) => this.#connections.get(key)?.state === "READY");
  }

  /** Whether the last that a server said to who watches now was that it is serving. */
  isServing(address: string): boolean {
    return this.#connections.get(address)?.serving === true;
  }

  stateOf(address: string): ConnectivityState | undefined {
    return this.#connections.get(address)?.state;
  }

  open(address: Address, listener: SubchannelListener): NetworkSubchannel {
    const key = formatAddress(address);
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      connection = new Connection(this, key, () => this.#connections.delete(key));
      this.#connections.set(key, connection);
    }
    return new NetworkSubchannel(address, connection, listener, this.time);
  }
}

/** The connection to one address, shared by its subchannels. */
class Connection {
  readonly key: string;
  readonly network: Network;
  readonly users: Set<NetworkSubchannel> = new Set();
  readonly watches: Set<Watch> = new Set();
  readonly #gone: () => void;
  readonly #backoff: Backoff;
  #alarm: Timer | undefined;
  #earliest = 0;
  state: ConnectivityState = "IDLE";
  error: ConnectError | undefined;
  serving = false;

  constructor(network: Network, key: string, gone: () => void) {
    this.network = network;
    this.key = key;
    this.#gone = gone;
    this.#backoff = new Backoff({}, network.random);
  }

  connect(): void {
    if (this.state !== "IDLE") return;
    const { time } = this.network;
    assert.ok(time.now() >= this.#earliest, `${this.key} is connected to during its backoff`);
    this.network.attempts.push({ address: this.key, at: time.now() });
    const startedAt = time.now();
    this.#move("CONNECTING");
    const { answers, latencyMs } = this.network.server(this.key);
    const waitMs = answers === "is silent" ? 20_000 : latencyMs;
    this.#alarm = time.set(waitMs, () => this.#attempted(startedAt));
  }

  #attempted(startedAt: number): void {
    const { answers } = this.network.server(this.key);
    if (answers === "accepts") {
      this.#backoff.reset();
      this.#earliest = 0;
      this.#move("READY");
      return;
    }
    const reason = answers === "refuses" ? "ECONNREFUSED" : "ETIMEDOUT";
    this.#earliest = Math.max(startedAt + this.#backoff.next(), this.network.time.now());
    this.#move("TRANSIENT_FAILURE", new ConnectError(`${reason} ${this.key}`, Code.Unavailable));
    const delayMs = this.#earliest - this.network.time.now();
    this.#alarm = this.network.time.set(delayMs, () => this.#move("IDLE"));
  }

  abandon(): void {
    assert.equal(this.state, "CONNECTING");
    if (this.#alarm !== undefined) this.network.time.clear(this.#alarm);
    this.#move("IDLE");
  }

  drop(): void {
    if (this.state === "READY") this.#move("IDLE");
  }

  release(user: NetworkSubchannel): void {
    this.users.delete(user);
    if (this.users.size > 0) return;
    if (this.#alarm !== undefined) this.network.time.clear(this.#alarm);
    this.#gone();
  }

  tellHealth(): void {
    for (const watch of this.watches) watch.tell();
  }

  #move(state: ConnectivityState, error?: ConnectError): void {
    assert.ok(canFollow(this.state, state), `${this.state} to ${state}`);
    this.state = state;
    this.error = error;
    if (state !== "READY") {
      for (const watch of this.watches) watch.cancel();
      this.serving = false;
    }
    for (const user of this.users) user.tell(state, error);
  }
}

/** One balancer's view of a connection: it learns of changes in its turn. */
export class NetworkSubchannel implements Subchannel {
  readonly address: Address;
  readonly #connection: Connection;
  readonly #listener: SubchannelListener;
  readonly #time: VirtualTime;
  state: ConnectivityState;
  error: ConnectError | undefined;
  closed = false;

  constructor(
    address: Address,
    connection: Connection,
    listener: SubchannelListener,
    time: VirtualTime,
  ) {
    this.address = address;
    this.#connection = connection;
    this.#listener = listener;
    this.#time = time;
    this.state = connection.state;
    this.error = connection.error;
    connection.users.add(this);
  }

  get base(): this {
    return this;
  }

  get connected(): boolean {
    return this.state === "READY";
  }

  connect(): void {
    assert.ok(!this.closed, "connect() after close()");
    this.#connection.connect();
  }

  watchHealth(service: string, listener: HealthListener): HealthWatch {
    assert.ok(!this.closed, "watchHealth() after close()");
    assert.equal(this.state, "READY", "the health of what is connected is watched");
    assert.equal(service, "greeter.v1.GreeterService");
    const watch = new Watch(this.#connection, listener);
    this.#connection.watches.add(watch);
    this.#connection.serving = false;
    this.#connection.network.watching(watch);
    watch.tell();
    return watch;
  }

  close(): void {
    assert.ok(!this.closed, "close() after close()");
    this.closed = true;
    this.state = "SHUTDOWN";
    this.#connection.release(this);
  }

  tell(state: ConnectivityState, error: ConnectError | undefined): void {
    this.#time.defer(() => {
      if (this.closed) return;
      this.state = state;
      this.error = error;
      this.#listener(this);
    });
  }
}

class Watch implements HealthWatch {
  readonly #connection: Connection;
  readonly #listener: HealthListener;
  open = true;

  constructor(connection: Connection, listener: HealthListener) {
    this.#connection = connection;
    this.#listener = listener;
  }

  cancel(): void {
    this.open = false;
    this.#connection.watches.delete(this);
  }

  tell(): void {
    const { health } = this.#connection.network.server(this.#connection.key);
    this.#connection.network.time.defer(() => {
      if (this.open) this.#answer(health);
    });
  }

  #answer(health: Health): void {
    if (health === "silent") return;
    this.#connection.serving = health === "SERVING" || health === "UNIMPLEMENTED";
    if (health === "SERVING" || health === "NOT_SERVING") {
      this.#listener.status(health === "SERVING");
      return;
    }
    this.cancel();
    const code = health === "UNIMPLEMENTED" ? Code.Unimplemented : Code.Internal;
    this.#listener.ended(new ConnectError("no health", code));
  }
}
