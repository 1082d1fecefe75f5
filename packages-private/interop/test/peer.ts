import { start } from "@privet/testkit";
import type { Program } from "@privet/testkit";

/** The greeter's programs in another language, as `examples/` has them. */
export interface Peer {
  /** The library and its flavour: "grpc-go". */
  readonly name: string;
  readonly folder: string;
  /** The command of the server, which takes `--port`. */
  readonly server: readonly string[];
  /** The command of the client, which takes `--address`, `--timeout` and `--request-id`. */
  readonly client: readonly string[];
  /** Its client at times forgets headers that arrive together with an error, on whatever server. */
  readonly forgetsHeaders?: boolean;
  /** The value of the client's `--timeout`. */
  timeout(milliseconds: number): string;
}

/** How a call ended, as the peers' clients print it. */
export interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly violations: readonly { readonly field: string; readonly description: string }[];
  readonly requestId: { readonly headers: string | null; readonly trailers: string | null };
}

/** A call that a peer's client makes. */
export interface PeerCall {
  readonly address: string;
  readonly requestId: string;
  /** The method and its arguments. */
  readonly args: readonly string[];
  /** Standard input; without it, that stays open. */
  readonly input?: string;
  /** Default: the client's own. */
  readonly timeoutMs?: number;
}

/** Starts a peer's server on a free port. */
export async function startServer(peer: Peer): Promise<Program & { readonly address: string }> {
  const program = startServerOn(peer, "0");
  const [, address = ""] = await program.waitFor(/listening on (\S+)\n/);
  return Object.assign(program, { address });
}

/** Starts a peer's server on a port that may be in use. */
export function startServerOn(peer: Peer, port: string): Program {
  return startCommand(peer, [...peer.server, "--port", port]);
}

/** Starts a call of a peer's client. */
export function startCall(peer: Peer, call: PeerCall): Program {
  const flags = ["--address", call.address, "--request-id", call.requestId];
  if (call.timeoutMs !== undefined) flags.push("--timeout", peer.timeout(call.timeoutMs));
  const command = [...peer.client, ...flags, ...call.args];
  return startCommand(peer, command, call.input);
}

/** What a call of a peer's client has brought, when it is over. */
export async function resultOf(
  program: Program,
): Promise<{ exitCode: number | null; responses: unknown[]; outcome: Outcome }> {
  const { code, stdout, stderr } = await program.result;
  const lines = stdout.split("\n").filter((line) => line !== "");
  try {
    const responses = lines.map((line) => JSON.parse(line) as unknown);
    return { exitCode: code, responses, outcome: JSON.parse(stderr) as Outcome };
  } catch (cause) {
    throw new Error(`not the client's output:\n${stdout}\n${stderr}`, { cause });
  }
}

function startCommand(peer: Peer, command: readonly string[], input?: string): Program {
  const [program = "", ...args] = command;
  return start(program, args, { cwd: peer.folder, ...(input === undefined ? {} : { input }) });
}
