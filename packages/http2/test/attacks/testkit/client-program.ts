import type { Socket } from "node:net";
import type {
  Limits,
  ReceivedHeaders,
  Stream,
  StreamEnd,
  StreamHandler,
} from "../../../src/index.ts";
import { connect } from "../../../src/node/index.ts";
import type { SocketConnection } from "../../../src/node/index.ts";
import { Census } from "./census.ts";
import { answerCommands } from "./commands.ts";

// The victim in the role of the client, in a process of its own.

/** How one call ended, as it goes over the IPC channel. */
export interface CallRecord {
  readonly end: StreamEnd;
  readonly status: number;
  readonly octets: number;
  readonly informational: number;
}

const census = new Census();
const connections = new Map<number, SocketConnection>();

class Call implements StreamHandler {
  readonly ended: Promise<CallRecord>;
  readonly #resolve: (record: CallRecord) => void;
  stream: Stream | undefined = undefined;
  #status = 0;
  #octets = 0;
  #informational = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<CallRecord>();
    this.ended = promise;
    this.#resolve = resolve;
  }

  headers(headers: ReceivedHeaders, kind: string): void {
    if (kind === "informational") this.#informational += 1;
    if (kind === "final") this.#status = headers.status;
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#octets += end - start;
    this.stream?.consume(end - start);
  }

  closed(end: StreamEnd): void {
    this.#resolve({
      end,
      status: this.#status,
      octets: this.#octets,
      informational: this.#informational,
    });
  }
}

/** What is asked of one connection, named by the port it goes to. */
interface CallOptions {
  readonly port: number;
  readonly path: string;
  readonly endStream: boolean;
}

function call({ port, path, endStream }: CallOptions): Promise<CallRecord> {
  const connection = connections.get(port)?.connection;
  if (connection === undefined) throw new Error(`not connected to ${port}`);
  const handler = new Call();
  const headers = [":method", "POST", ":scheme", "http", ":authority", "a.test", ":path", path];
  handler.stream = connection.openStream(headers, handler, { endStream });
  return handler.ended;
}

/** Calls one after the other until the connection fails or the test stops it. */
class Chain {
  #going = true;
  #calls = 0;
  readonly #done: Promise<void>;

  constructor(port: number) {
    this.#done = this.#run(port);
  }

  async #run(port: number): Promise<void> {
    while (this.#going) {
      const { end, status } = await call({ port, path: "/", endStream: true });
      if (end.by !== "end" || status !== 200) throw new Error(JSON.stringify({ end, status }));
      this.#calls += 1;
    }
  }

  async stop(): Promise<number> {
    this.#going = false;
    await this.#done;
    return this.#calls;
  }
}

const chains = new Map<number, Chain>();

answerCommands({
  connect: async ({ port, limits }: { port: number; limits: Partial<Limits> }): Promise<number> => {
    const connection = await connect({ port, host: "127.0.0.1", limits });
    const local = (connection.socket as Socket).localPort ?? -1;
    census.follow(connection, local);
    connections.set(port, connection);
    void connection.ended.then(() => connections.delete(port));
    return local;
  },
  call,
  available: (port: number) => connections.get(port)?.connection.availableStreams,
  chain: (port: number) => void chains.set(port, new Chain(port)),
  stopChain: (port: number) => chains.get(port)?.stop(),
  record: (local: number) => census.recordOf(local),
  measure: () => census.measure(),
});
