import { createClient } from "@connectrpc/connect";
import type { Client, ServiceImpl, Transport } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createServer } from "@privet/rpc-server";
import type { Server, ServerOptions } from "@privet/rpc-server";

/** The methods that the tests call. */
export type Greeter = Partial<ServiceImpl<typeof GreeterService>>;

const friendly: Greeter = {
  sayHello: ({ name }) => ({ greeting: `Hello, ${name}!` }),
  async *sayHelloInLanguages({ name, languageTags }) {
    for (const languageTag of languageTags) yield { greeting: `Hello, ${name}!`, languageTag };
  },
  async sayHelloToAll(requests) {
    const names: string[] = [];
    for await (const { name } of requests) names.push(name);
    return { greeting: `Hello, ${names.join(", ")}!` };
  },
  async *sayHelloToEach(requests) {
    for await (const { name } of requests) yield { greeting: `Hello, ${name}!` };
  },
};

export interface RunningServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly target: string;
}

/** A greeter of ours on a port of its own, of 127.0.0.1 unless `host` is another. */
export async function startGreeter(
  greeter: Partial<Greeter> = {},
  options: Partial<ServerOptions> & { host?: string; port?: number } = {},
): Promise<RunningServer> {
  const { host = "127.0.0.1", port: wanted = 0, ...rest } = options;
  const server = createServer({
    ...rest,
    routes: (router) => router.service(GreeterService, { ...friendly, ...greeter }),
  });
  const port = await server.addInsecurePort(`${host}:${wanted}`);
  await server.start();
  return {
    server,
    port,
    target: `${host}:${port}`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

export function greeterClient(transport: Transport): Client<typeof GreeterService> {
  return createClient(GreeterService, transport);
}

export async function* named(...names: string[]): AsyncGenerator<{ name: string }> {
  for (const name of names) yield { name };
}
