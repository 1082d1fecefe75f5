import { ConnectError } from "@connectrpc/connect";
import type { Transport } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { create } from "@bufbuild/protobuf";
import type { DescMethodUnary } from "@bufbuild/protobuf";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseArgs } from "node:util";
import { findService, readDescriptors } from "../tools/descriptors.ts";

// A client that calls one method over and over, with connect-node, and says
// how the calls have ended. Standard input ends when it is time.

const { values } = parseArgs({
  options: {
    address: { type: "string", default: "" },
    ca: { type: "string" },
    descriptors: { type: "string", default: "" },
    width: { type: "string", default: "4" },
    reconnect: { type: "string", default: "0" },
  },
});

const service = findService(readDescriptors(values.descriptors), "grpc.testing.TestService");
const method = service.method["unaryCall"] as DescMethodUnary;
const ca = values.ca === undefined ? undefined : readFileSync(values.ca);
const baseUrl = `${values.ca === undefined ? "http" : "https"}://${values.address}`;

const stop = new AbortController();
let calls = 0;
let unaccepted = 0;
const failures: string[] = [];

/** A caller's way to the server. */
class Dialed {
  readonly transport: Transport;
  readonly #sessions: Http2SessionManager;
  #socket: Socket | undefined = undefined;

  constructor() {
    this.#sessions = new Http2SessionManager(baseUrl, undefined, {
      createConnection: ({ hostname: host, port }: URL) => {
        const options = { host, port: Number(port), noDelay: true };
        this.#socket =
          ca === undefined
            ? connect(options)
            : connectTls({ ...options, ca, ALPNProtocols: ["h2"] });
        return this.#socket;
      },
    });
    this.transport = createGrpcTransport({ baseUrl, sessionManager: this.#sessions });
  }

  /** Not an octet has come: not even the SETTINGS that a server sends as it accepts. */
  get silent(): boolean {
    return this.#socket?.bytesRead === 0;
  }

  close(): void {
    this.#sessions.abort();
  }
}

async function run(): Promise<void> {
  let dialed = new Dialed();
  for (let made = 1; !stop.signal.aborted; made++) {
    try {
      const input = create(method.input, { responseSize: 10 });
      await dialed.transport.unary(method, undefined, 30_000, undefined, input);
    } catch (error) {
      if (isReset(error) && dialed.silent) {
        unaccepted += 1;
        continue;
      }
      failures.push(String(error));
    }
    calls += 1;
    if (Number(values.reconnect) > 0 && made % Number(values.reconnect) === 0) {
      dialed.close();
      dialed = new Dialed();
    }
  }
  dialed.close();
}

function isReset(error: unknown): boolean {
  return ConnectError.from(error).rawMessage.includes("ECONNRESET");
}

process.stdin.resume();
process.stdin.once("end", () => stop.abort());
await Promise.all(Array.from({ length: Number(values.width) }, run));
console.log(JSON.stringify({ calls, unaccepted, failures }));
