import { once } from "node:events";
import type { Server as NetServer } from "node:net";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A server of any protocol, listening on a free port. */
export interface Port extends AsyncDisposable {
  readonly address: string;
}

export async function listen(server: NetServer): Promise<Port> {
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** An address where nobody listens: a port that was free a moment ago. */
export async function deadAddress(): Promise<string> {
  await using port = await listen(createServer());
  return port.address;
}
