import { setImmediate as turn } from "node:timers/promises";
import type { ConnectionEnd, Stats } from "../../../src/index.ts";
import type { SocketConnection } from "../../../src/node/index.ts";

/** What one connection of the victim went through. */
export interface ConnectionRecord {
  readonly end: ConnectionEnd;
  readonly stats: Stats;
}

/** What the victim needs at one moment. */
export interface Measure {
  /** Live bytes of the heap and of buffers, after a garbage collection. */
  readonly liveBytes: number;
  /** The most resident memory since the last measure, in bytes. */
  readonly peakResident: number;
  /** Resident memory now, after a garbage collection, in bytes. */
  readonly resident: number;
  readonly cpuMicros: number;
  /** Engines of connections that have ended and that something still holds. */
  readonly leaked: number;
}

/** The time between two looks at the resident memory. */
const LOOK_MS = 5;
/** Growth between two looks from which on the garbage is taken out first. */
const GARBAGE = 1024 * 1024;

/** Keeps count of the victim's connections without keeping them alive. */
export class Census {
  readonly #ended: WeakRef<object>[] = [];
  readonly #records = new Map<number, PromiseWithResolvers<ConnectionRecord>>();
  #peakResident = 0;

  constructor() {
    setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** @param port the attacker's: it names the connection */
  follow(connection: SocketConnection, port: number): void {
    const engine = new WeakRef(connection.connection);
    const record = Promise.withResolvers<ConnectionRecord>();
    // Ports come again: the newest connection has the name.
    this.#records.set(port, record);
    void this.#await(connection, engine, record);
  }

  /** Resolves when the connection from `port` has ended. */
  async recordOf(port: number): Promise<ConnectionRecord> {
    const record = this.#records.get(port);
    if (record === undefined) throw new Error(`no connection from ${port} was seen`);
    return record.promise;
  }

  async measure(): Promise<Measure> {
    this.#look();
    const peakResident = this.#peakResident;
    await collect();
    const { heapUsed, external } = process.memoryUsage();
    const resident = process.memoryUsage.rss();
    this.#peakResident = resident;
    const { user, system } = process.cpuUsage();
    return {
      liveBytes: heapUsed + external,
      peakResident,
      resident,
      cpuMicros: user + system,
      leaked: this.#ended.filter((engine) => engine.deref() !== undefined).length,
    };
  }

  async #await(
    connection: SocketConnection,
    engine: WeakRef<object>,
    record: PromiseWithResolvers<ConnectionRecord>,
  ): Promise<void> {
    const end = await connection.ended;
    // A bug is an error with a stack, which is all that can be of use over IPC.
    const bug = end.bug instanceof Error ? end.bug.stack : end.bug;
    record.resolve({ end: { ...end, bug }, stats: connection.connection.stats() });
    this.#ended.push(engine);
  }

  #look(): void {
    if (process.memoryUsage.rss() - this.#peakResident > GARBAGE) {
      // What has been read and dropped is not held by anybody, but waits for the collector.
      globalThis.gc?.({ type: "minor", execution: "sync" });
    }
    this.#peakResident = Math.max(this.#peakResident, process.memoryUsage.rss());
  }
}

/** What is unreachable is gone after this: finalizers and weak references take a turn each. */
async function collect(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await turn();
    await globalThis.gc?.({ type: "major", execution: "async" });
  }
}
