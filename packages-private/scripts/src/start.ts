import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "./bin.ts";
import { onInterrupt } from "./start/interrupt.ts";
import { textsFor } from "./start/texts.ts";

// The greeter server, one call of its client, and then the server until Ctrl-C.

const port = 50051;
const texts = textsFor(process.env);

/** Compiled code, which a second start needn't compile again. */
const cache = join(root, "node_modules/.cache/compile");

/** Runs a source file of the workspace with the same Node as this one. */
function run(file: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  return spawn(process.execPath, ["-C", "@privet/source", join(root, file), ...args], {
    env: { NODE_COMPILE_CACHE: cache, ...process.env },
    stdio,
  });
}

/** The exit code of `child`; 1 where a signal ended it. */
async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

const server = run(
  "packages/greeter-server/src/main.ts",
  ["--address", `[::]:${port}`, "--log-level", "warn", "--drain-timeout", "10s"],
  // Its channel tells us when it serves, and it drains when the channel closes,
  // even where that is because we died.
  ["ignore", "inherit", "inherit", "ipc"],
);
const serverEnded = exitCode(server);

let stopping = false;
let client: ChildProcess | undefined;

onInterrupt(() => {
  if (stopping) {
    process.exitCode = 130;
    server.kill("SIGKILL");
    return;
  }
  console.log(texts.draining);
  stop();
});

function stop(): void {
  stopping = true;
  client?.kill();
  if (server.connected) server.disconnect();
}

/** Greets the world once, as a user would. */
async function greet(): Promise<void> {
  client = run(
    "packages/greeter-client/src/main.ts",
    ["--address", `localhost:${port}`],
    ["ignore", "inherit", "inherit"],
  );
  const greeted = (await exitCode(client)) === 0;
  if (stopping) return;
  if (greeted) {
    console.log(texts.serving);
  } else {
    console.error(texts.clientFailed);
    process.exitCode = 1;
    stop();
  }
}

const serving = await Promise.race([once(server, "message"), serverEnded]);
if (Array.isArray(serving) && !stopping) await greet();
const code = await serverEnded;
process.exit(process.exitCode ?? code);
