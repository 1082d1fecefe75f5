import { fileURLToPath } from "node:url";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { greeter } from "@privet/greeter-server";
import { createServer } from "@privet/rpc-server";
import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";

const main = fileURLToPath(
  new URL("../../../packages/greeter-server/src/main.ts", import.meta.url),
);

/** Starts the greeter's process on a free port. */
export async function startGreeter(): Promise<Program & { readonly address: string }> {
  const args = ["-C", "@privet/source", main, "--address", "127.0.0.1:0"];
  const program = start(process.execPath, args, { env: { PRIVET_LOG_LEVEL: "info" } });
  const [, address = ""] = await program.waitFor(/"address":"([^"]+)"/);
  return Object.assign(program, { address });
}

/** A greeter in this process whose handler of SayHelloToEach is watched. */
export interface WatchedGreeter extends AsyncDisposable {
  readonly address: string;
  /** Resolves when the first call's handler has ended, with what it threw. */
  readonly handlerEnded: Promise<unknown>;
}

export async function startWatchedGreeter(): Promise<WatchedGreeter> {
  const { promise: handlerEnded, resolve } = Promise.withResolvers<unknown>();
  const watched: ServiceImpl<typeof GreeterService> = {
    ...greeter,
    async *sayHelloToEach(requests, context) {
      let thrown: unknown;
      try {
        yield* greeter.sayHelloToEach(requests, context);
      } catch (error) {
        thrown = error;
        throw error;
      } finally {
        resolve(thrown);
      }
    },
  };
  const routes = (router: ConnectRouter): void => void router.service(GreeterService, watched);
  const server = createServer({ routes });
  const port = await server.addInsecurePort("127.0.0.1:0");
  await server.start();
  return {
    address: `127.0.0.1:${port}`,
    handlerEnded,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
