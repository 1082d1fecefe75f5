import { fileURLToPath } from "node:url";
import { start } from "@privet/testkit";

const main = fileURLToPath(new URL("main.ts", import.meta.resolve("@privet/greeter-server")));

/** The real greeter server in a process of its own, on a free port. */
export interface GreeterServer extends AsyncDisposable {
  readonly address: string;
}

export async function startGreeterServer(): Promise<GreeterServer> {
  const program = start(process.execPath, ["-C", "@privet/source", main, "--address=127.0.0.1:0"], {
    timeoutMs: 120_000,
  });
  const [, address = ""] = await program.waitFor(/"address":"(127\.0\.0\.1:\d+)"/);
  return { address, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}
