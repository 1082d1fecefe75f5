import { createClient } from "@connectrpc/connect";
import type { Client, ServiceImpl, Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createServer } from "../../src/index.ts";
import type { PortOptions, Server, ServerOptions } from "../../src/index.ts";
import { RecordingLogger } from "./recording-logger.ts";

export type Greeter = Partial<ServiceImpl<typeof GreeterService>>;

/** Greets at once, in every kind of call. */
export const greeter: Greeter = {
  sayHello: ({ name }) => ({ greeting: `hello ${name}` }),
  async *sayHelloInLanguages({ name, languageTags }) {
    for (const languageTag of languageTags) yield { greeting: `hello ${name}`, languageTag };
  },
  async sayHelloToAll(requests) {
    const names = [];
    for await (const { name } of requests) names.push(name);
    return { greeting: `hello ${names.join(", ")}` };
  },
  async *sayHelloToEach(requests) {
    for await (const { name } of requests) yield { greeting: `hello ${name}` };
  },
};

/** A started server with one port, and what it logs. It is stopped at once when disposed of. */
export interface Serving extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly logger: RecordingLogger;
}

export type ServingOptions = Partial<ServerOptions> & {
  readonly greeter?: Greeter;
  readonly portOptions?: PortOptions;
};

export async function serve(options: ServingOptions = {}): Promise<Serving> {
  const { server, logger } = createGreeterServer(options);
  const port = await server.addInsecurePort("127.0.0.1:0", options.portOptions);
  await server.start();
  return { server, port, logger, [Symbol.asyncDispose]: () => server.stop() };
}

/** Not started, and without ports. */
export function createGreeterServer(options: ServingOptions = {}): {
  readonly server: Server;
  readonly logger: RecordingLogger;
} {
  const { greeter: own, portOptions: _, ...rest } = options;
  const logger = new RecordingLogger();
  const server = createServer({
    routes: (router) => void router.service(GreeterService, { ...greeter, ...own }),
    logger,
    ...rest,
  });
  return { server, logger };
}

export type GreeterClient = Client<typeof GreeterService>;

/** What a client can speak, each on the same port. */
export const protocols = [
  "gRPC",
  "gRPC-Web",
  "gRPC-Web on HTTP/1.1",
  "Connect",
  "Connect on HTTP/1.1",
] as const;
export type Protocol = (typeof protocols)[number];

/** A client on a connection of its own, which is closed when disposed of. */
export class TestClient implements Disposable {
  readonly greeter: GreeterClient;
  readonly transport: Transport;
  readonly #sessions: Http2SessionManager | undefined;

  constructor(baseUrl: string, protocol: Protocol = "gRPC", nodeOptions: object = {}) {
    if (protocol.endsWith("HTTP/1.1")) {
      this.#sessions = undefined;
      const options = { baseUrl, httpVersion: "1.1", nodeOptions } as const;
      this.transport =
        protocol === "Connect on HTTP/1.1"
          ? createConnectTransport(options)
          : createGrpcWebTransport(options);
    } else {
      this.#sessions = new Http2SessionManager(baseUrl, undefined, nodeOptions);
      const options = { baseUrl, httpVersion: "2", sessionManager: this.#sessions } as const;
      this.transport = {
        gRPC: createGrpcTransport,
        "gRPC-Web": createGrpcWebTransport,
        Connect: createConnectTransport,
      }[protocol as "gRPC"](options);
    }
    this.greeter = createClient(GreeterService, this.transport);
  }

  [Symbol.dispose](): void {
    this.#sessions?.abort();
  }
}

/** A client of a port on this machine. */
export function clientAt(port: number, protocol?: Protocol): TestClient {
  return new TestClient(`http://127.0.0.1:${port}`, protocol);
}
