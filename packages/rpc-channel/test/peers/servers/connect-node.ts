import { once } from "node:events";
import { createSecureServer, createServer } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { Peer } from "../peer.ts";
import { greeterRoutes } from "./greeter.ts";

export const connectNode: Peer = {
  name: "connect-node",
  skip: false,
  async start({ key, cert }) {
    const handle = connectNodeAdapter({ routes: greeterRoutes });
    const plain = await Listening.start(createServer(handle));
    const tls = await Listening.start(createSecureServer({ key, cert }, handle));
    return {
      plain: plain.port,
      tls: tls.port,
      async [Symbol.asyncDispose]() {
        await plain.close();
        await tls.close();
      },
    };
  },
};

class Listening {
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  static async start(server: Server): Promise<Listening> {
    const listening = new Listening(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return listening;
  }

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket.once("close", () => this.#sockets.delete(socket)));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
