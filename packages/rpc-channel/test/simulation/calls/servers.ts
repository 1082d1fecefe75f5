import type { ConnectionHandler, ReceivedHeaders, Stream } from "@privet/http2";
import { ConnectFailure } from "@privet/http2/node";
import type { SocketConnection } from "@privet/http2/node";
import { type Address, formatAddress } from "../../../src/address.ts";
import type { Connector } from "../../../src/subchannel/connector.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";
import { Wire } from "./wire.ts";

/** What becomes of attempts to connect. */
export type Reception =
  | "accepts"
  | "refuses"
  /** No answer, as behind a firewall that drops. */
  | "is silent"
  /** TCP, and not one octet of HTTP/2. */
  | "says nothing"
  | "hangs up"
  /** SETTINGS, and then the end. */
  | "greets and hangs up";

export const receptions: readonly Reception[] = [
  "accepts",
  "accepts",
  "accepts",
  "refuses",
  "is silent",
  "says nothing",
  "hangs up",
  "greets and hangs up",
];

export interface SimulatedServer {
  reception: Reception;
  latencyMs: number;
  maxConcurrentStreams: number;
}

/** A request as it has reached a server. */
export interface ArrivedRequest {
  readonly stream: Stream;
  readonly headers: ReceivedHeaders;
  readonly wire: Wire;
  /** The whole of it has come. */
  complete: boolean;
}

export interface RequestListener {
  /** Its headers are here. */
  began(request: ArrivedRequest): void;
  /** All of it is. */
  completed(request: ArrivedRequest): void;
}

type ConnectOptions = Parameters<Connector["connect"]>[1];

/** Servers that do what they are told, and the wires to them, in virtual time. */
export class SimulatedServers implements Connector {
  readonly identity: object = {};
  readonly variant = "";
  readonly scheme = "http";
  readonly wires: Set<Wire> = new Set();
  /** Attempts to connect that have no end yet. */
  connecting = 0;
  /** Those that have failed, or were broken off. */
  failures = 0;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  readonly #listener: RequestListener;
  readonly #servers = new Map<string, SimulatedServer>();

  constructor(time: VirtualTime, random: () => number, listener: RequestListener) {
    this.#time = time;
    this.#random = random;
    this.#listener = listener;
  }

  /** The server at an address: one that accepts after a millisecond, unless it has been changed. */
  at(address: string): SimulatedServer {
    let server = this.#servers.get(address);
    if (server === undefined) {
      server = { reception: "accepts", latencyMs: 1, maxConcurrentStreams: 100 };
      this.#servers.set(address, server);
    }
    return server;
  }

  connect(address: Address, options: ConnectOptions): Promise<SocketConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<SocketConnection>();
    const { signal, timeoutMs } = options;
    const place = formatAddress(address);
    const time = this.#time;
    let wire: Wire | undefined;
    let settled = false;
    this.connecting++;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      this.connecting--;
      time.clear(timeout);
      time.clear(arrival);
      signal.removeEventListener("abort", aborted);
      return true;
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      this.failures++;
      wire?.cut();
      reject(error);
    };
    const aborted = (): void => fail(signal.reason);
    const ready = (): void => {
      if (wire !== undefined && settle()) resolve(wire);
    };
    const timeout = time.set(timeoutMs, () => {
      const what = wire === undefined ? "no connection" : "no SETTINGS of the server";
      fail(new ConnectFailure("timeout", `${what} within ${timeoutMs} ms`));
    });
    const arrival = time.set(this.at(place).latencyMs, () => {
      const { reception } = this.at(place);
      if (reception === "refuses") {
        const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        fail(new ConnectFailure("unreachable", cause.message, cause));
      } else if (reception === "hangs up") {
        fail(new ConnectFailure("closed", "the server closed the connection"));
      } else if (reception !== "is silent") {
        wire = this.#open(place, options, ready, fail);
        if (reception === "says nothing") wire.stall();
      }
    });
    signal.addEventListener("abort", aborted);
    return promise;
  }

  #open(
    address: string,
    { handler, limits }: ConnectOptions,
    ready: () => void,
    fail: (error: unknown) => void,
  ): Wire {
    const { latencyMs, maxConcurrentStreams, reception } = this.at(address);
    const wire = new Wire({
      time: this.#time,
      random: this.#random,
      address,
      latencyMs,
      client: {
        handler: {
          ...handler,
          settings: (remote) => {
            ready();
            handler.settings?.(remote);
          },
          closed: (end) => {
            this.#sweep();
            fail(
              new ConnectFailure("closed", `the connection ended before SETTINGS: ${end.token}`),
            );
            handler.closed?.(end);
          },
        },
        limits,
      },
      server: {
        handler: this.#serverHandler(() => wire),
        // Those who look after a silent server every 10 s are welcome.
        limits: {
          maxConcurrentStreams,
          minPingIntervalMs: 5_000,
          minPingIntervalWithoutCallsMs: 5_000,
        },
      },
    });
    this.wires.add(wire);
    if (reception === "greets and hangs up") this.#time.set(3 * latencyMs, () => wire.cut());
    return wire;
  }

  #serverHandler(wire: () => Wire): Partial<ConnectionHandler> {
    const listener = this.#listener;
    return {
      closed: () => this.#sweep(),
      stream: (stream, headers, endStream) => {
        const request: ArrivedRequest = { stream, headers, wire: wire(), complete: endStream };
        listener.began(request);
        if (endStream) listener.completed(request);
        return {
          data(_, start, end, last) {
            stream.consume(end - start);
            if (!last) return;
            request.complete = true;
            listener.completed(request);
          },
          closed: () => stream.release(),
        };
      },
    };
  }

  #sweep(): void {
    this.#time.defer(() => {
      for (const wire of this.wires) if (!wire.open) this.wires.delete(wire);
    });
  }
}
