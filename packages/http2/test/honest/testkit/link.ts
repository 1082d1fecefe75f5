import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import type { Connection, Limits, Stats } from "../../../src/index.ts";
import { connect, listen } from "../../../src/node/index.ts";
import type { SocketConnection, SocketHandler } from "../../../src/node/index.ts";

/** A client and a server of ours, joined by a socket. */
export interface Link extends AsyncDisposable {
  readonly client: Connection;
  readonly server: Connection;
}

/** @param handler makes the server's side */
export async function openLink(
  handler: (connection: SocketConnection) => SocketHandler,
  limits: { readonly client?: Partial<Limits>; readonly server?: Partial<Limits> } = {},
): Promise<Link> {
  const accepted = Promise.withResolvers<Connection>();
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    handler: (connection) => {
      accepted.resolve(connection.connection);
      return handler(connection);
    },
    ...(limits.server && { limits: limits.server }),
  });
  const { port } = listener.address as AddressInfo;
  const client = await connect({
    port,
    host: "127.0.0.1",
    ...(limits.client && { limits: limits.client }),
  });
  return {
    client: client.connection,
    server: await accepted.promise,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await listener.destroy();
    },
  };
}

/** Neither side has ended, refused a stream, or counted anything against a budget. */
export function assertHonoured({ client, server }: Pick<Link, "client" | "server">): void {
  for (const connection of [client, server]) {
    assert.equal(connection.closed, false, `the ${connection.role} has ended the connection`);
    const stats = connection.stats();
    assert.deepEqual(tripped(stats), [], `budgets of the ${connection.role}`);
    assert.equal(stats.streamsRefused, 0);
    assert.equal(stats.streamErrors, 0);
  }
}

function tripped(stats: Stats): string[] {
  return Object.entries(stats.trips)
    .filter(([, trips]) => trips > 0)
    .map(([token]) => token);
}
