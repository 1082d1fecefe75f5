import { constants } from "node:os";
import { formatAddress } from "./address.ts";
import { readCommandLine } from "./command-line.ts";
import type { Configuration } from "./configuration.ts";
import { userLanguage } from "./locale.ts";
import { createLogger } from "./log.ts";
import { messages } from "./messages.ts";
import { build } from "./server.ts";
import { UsageError } from "./usage-error.ts";

const texts = messages[userLanguage(process.env)];

/** Runs until asked to stop; answers the exit code. */
export async function run(): Promise<number> {
  const configuration = await configure();
  if (typeof configuration === "number") return configuration;
  const { address, logLevel } = configuration;
  const server = build({ ...configuration, logger: await createLogger(logLevel) });
  const stop = stopAsked();
  try {
    const bound = await server.listen();
    // A parent with a channel to us needs to know, whatever is logged; it may have gone since.
    process.send?.({ serving: formatAddress(bound) }, undefined, undefined, () => {});
  } catch (error) {
    return fail(1, whyNotListening(formatAddress(address), error));
  }
  await stop;
  await server.drain();
  return 0;
}

async function configure(): Promise<Configuration | number> {
  try {
    const configuration = readCommandLine(process.argv.slice(2), process.env, texts);
    if (configuration === undefined) return 0;
    await configuration.credentials?.load().catch(certificatesAreUnusable);
    return configuration;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return fail(2, error.message);
  }
}

function certificatesAreUnusable(error: Error): never {
  throw new UsageError(texts.unusable("--tls-cert, --tls-key, --tls-client-ca", error.message));
}

/**
 * Resolves at the first SIGTERM or SIGINT, or when a parent closes its channel
 * to us (which also works where there are no signals). A second signal ends
 * the process at once.
 */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(128 + constants.signals[signal]);
      asked = true;
      resolve();
    };
    process.on("SIGTERM", stop).on("SIGINT", stop).once("disconnect", resolve);
    if ("connected" in process && !process.connected) resolve();
  });
}

function whyNotListening(address: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "EADDRINUSE" ? texts.addressInUse(address) : texts.cannotListen(address, message);
}

function fail(code: number, message: string): number {
  for (const line of message.split("\n")) process.stderr.write(`privet-server: ${line}\n`);
  return code;
}
