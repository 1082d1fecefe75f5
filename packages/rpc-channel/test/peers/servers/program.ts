import { start } from "@privet/testkit";
import type { Certificate } from "@privet/testkit";
import type { RunningPeer } from "../peer.ts";

/** Starts a program that reads its certificate on standard input, and prints its ports. */
export async function startProgram(
  command: string,
  args: readonly string[],
  certificate: Certificate,
): Promise<RunningPeer> {
  const program = start(command, args, { input: JSON.stringify(certificate) });
  const [, plain, tls] = await program.waitFor(/plain=(\d+) tls=(\d+)/);
  return {
    plain: Number(plain),
    tls: Number(tls),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
