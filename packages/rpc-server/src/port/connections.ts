import { ErrorCode } from "@privet/http2";
import type { SocketConnection } from "@privet/http2/node";

type Connections = ReadonlySet<SocketConnection>;

/** Streams that are open on any of `connections`. */
export function activeStreams(connections: Connections): number {
  let streams = 0;
  for (const { connection } of connections) streams += connection.activeStreams;
  return streams;
}

/** Lets no new streams in. Resolves when all have ended, with those that were open. */
export async function drainAll(connections: Connections): Promise<void> {
  for (const { connection } of connections) connection.drain("shutdown");
  await allEnded(connections);
}

/** Tells each peer that this is the end, and leaves it a moment to read so. */
export async function abortAll(connections: Connections): Promise<void> {
  for (const { connection } of connections) connection.abort(ErrorCode.NO_ERROR, "shutdown");
  await allEnded(connections);
}

async function allEnded(connections: Connections): Promise<void> {
  await Promise.all(Array.from(connections, (connection) => connection.ended));
}
