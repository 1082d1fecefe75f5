import { createClient, createRouterTransport } from "@connectrpc/connect";
import type { Client } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { build, routes } from "../src/index.ts";
import type { GreeterServerOptions } from "../src/index.ts";

/** A client with the server behind it. Dispose of it with `await using`. */
export interface Connection extends AsyncDisposable {
  readonly client: Client<typeof GreeterService>;
}

/** Every way to reach the service must behave the same. */
export const connections: readonly {
  readonly name: string;
  readonly open: () => Promise<Connection>;
}[] = [
  { name: "in memory", open: inMemory },
  { name: "gRPC over a socket", open: () => overSocket("privet") },
  { name: "gRPC over a socket, on Node's engine", open: () => overSocket("node") },
];

/** A log that nobody reads. */
export const silent: GreeterServerOptions["logger"] = {
  info: () => {},
  warn: () => {},
  error: () => {},
};

function inMemory(): Promise<Connection> {
  const client = createClient(GreeterService, createRouterTransport(routes));
  return Promise.resolve({ client, [Symbol.asyncDispose]: () => Promise.resolve() });
}

async function overSocket(engine: "privet" | "node"): Promise<Connection> {
  const address = { host: "127.0.0.1", port: 0 };
  const server = build({ address, drainTimeoutMs: 5_000, logger: silent, engine });
  const { port } = await server.listen();
  const dialed = dial(port);
  return {
    client: dialed.client,
    async [Symbol.asyncDispose]() {
      dialed.close();
      await server.drain();
    },
  };
}

/** A client of the server that listens on `port` of this machine. */
export function dial(port: number): { client: Connection["client"]; close(): void } {
  const baseUrl = `http://127.0.0.1:${port}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  const client = createClient(GreeterService, createGrpcTransport({ baseUrl, sessionManager }));
  return { client, close: () => sessionManager.abort() };
}
