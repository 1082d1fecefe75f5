import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface TcpListener extends AsyncDisposable {
  readonly target: string;
  /** Connections so far. */
  readonly accepts: number;
}

/** Listens with plain TCP, and does what `accepted` says with each connection. */
export async function listenTcp(accepted: (socket: Socket) => void): Promise<TcpListener> {
  const sockets = new Set<Socket>();
  let accepts = 0;
  const server = createServer((socket) => {
    accepts++;
    sockets.add(socket);
    socket.on("error", () => {});
    accepted(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepts() {
      return accepts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Proxy extends TcpListener {
  /**
   * From now on, the connections that there are carry nothing any more, and
   * nobody is told: as with a firewall that has forgotten them. New ones do.
   */
  blackHole(): void;
}

/** Stands before a server of this machine. */
export async function startProxy(port: number): Promise<Proxy> {
  let connections = 0;
  const listener = await listenTcp((socket) => {
    const born = ++connections;
    const upstream = connect(port, "127.0.0.1");
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    const carries = (): boolean => born > forgotten;
    socket.on("data", (chunk) => carries() && upstream.write(chunk));
    upstream.on("data", (chunk) => carries() && socket.write(chunk));
    upstream.on("end", () => carries() && socket.end());
  });
  let forgotten = 0;
  return {
    target: listener.target,
    get accepts() {
      return listener.accepts;
    },
    blackHole() {
      forgotten = connections;
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
