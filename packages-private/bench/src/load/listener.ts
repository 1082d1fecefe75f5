import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** A certificate and its key, in PEM. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
}

/** A server that is never the bottleneck of a client's figures. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** Listens on a free port of 127.0.0.1; with `tls`, for ALPN `h2` alone. */
export async function listen(
  serve: (socket: Socket) => void,
  tls: ListenerTls | undefined,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The client under test may go at any time; its own figures tell.
    socket.on("error", () => {});
    serve(socket);
  };
  const server: Server =
    tls === undefined
      ? createServer({ noDelay: true }, accept)
      : createTlsServer({ ...tls, noDelay: true, ALPNProtocols: ["h2"] }, accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
