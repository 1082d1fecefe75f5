import type { Limits } from "@privet/http2";
import { listen } from "@privet/http2/node";
import type { Listener, SocketConnection, SocketHandler } from "@privet/http2/node";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Logger } from "../logger.ts";
import type { ServerCredentials } from "../tls/credentials.ts";
import { isForged } from "../tls/identity.ts";
import { Reloader } from "../tls/reloader.ts";
import type { Address } from "./address.ts";
import { bind } from "./bind.ts";
import { abortAll, activeStreams } from "./connections.ts";
import type { Http1 } from "./http1.ts";
import type { Port } from "./port.ts";
import { tlsOptions } from "./secure.ts";

export interface EnginePortOptions {
  readonly address: Address;
  /** Without them: no TLS. */
  readonly credentials: ServerCredentials | undefined;
  readonly session: (connection: SocketConnection) => SocketHandler;
  readonly http1: Http1;
  readonly limits: Partial<Limits>;
  readonly maxConnections: number;
  readonly tlsHandshakeMs: number;
  readonly reusePort: boolean;
  readonly logger: Logger;
}

/** Listens with our HTTP/2 engine. */
export async function openEnginePort(options: EnginePortOptions): Promise<Port> {
  const { address, credentials, http1, session, logger } = options;
  const { limits, maxConnections, tlsHandshakeMs, reusePort } = options;
  const material = await credentials?.load();
  const tls = credentials && material && tlsOptions(credentials, material);
  const listener = await bind(address, logger, (binding) =>
    listen({
      ...binding,
      ...(tls !== undefined && { tls }),
      limits,
      maxConnections,
      tlsHandshakeMs,
      reusePort,
      handler: (connection) => {
        assertGenuine(connection.socket);
        return session(connection);
      },
      http1: (socket) => takeHttp1(socket, http1),
      onError: (error) => logger.info({ err: error }, "a connection failed before it had begun"),
    }),
  );
  const reloader =
    credentials &&
    material &&
    new Reloader(
      credentials,
      material,
      (next) => listener.setSecureContext(tlsOptions(credentials, next)),
      logger,
    );
  return new EnginePort(listener, http1, reloader);
}

class EnginePort implements Port {
  readonly number: number;
  readonly #listener: Listener;
  readonly #http1: Http1;
  readonly #reloader: Reloader | undefined;

  constructor(listener: Listener, http1: Http1, reloader: Reloader | undefined) {
    this.number = typeof listener.address === "string" ? 0 : listener.address.port;
    this.#listener = listener;
    this.#http1 = http1;
    this.#reloader = reloader;
  }

  get calls(): number {
    return activeStreams(this.#listener.connections) + this.#http1.calls;
  }

  async drain(): Promise<void> {
    this.#reloader?.[Symbol.dispose]();
    await Promise.all([this.#listener.close(), this.#http1.drain()]);
  }

  async destroy(): Promise<void> {
    this.#reloader?.[Symbol.dispose]();
    await Promise.all([abortAll(this.#listener.connections), this.#http1.destroy()]);
    await this.#listener.destroy();
  }
}

function takeHttp1(socket: Socket, http1: Http1): void {
  if (socket instanceof TLSSocket && isForged(socket)) {
    socket.destroy();
  } else {
    http1.take(socket);
  }
}

/** @throws Error where the client has shown a certificate that can't be verified: the connection is closed then */
function assertGenuine(socket: unknown): void {
  if (socket instanceof TLSSocket && isForged(socket)) {
    throw new Error(
      `the client's certificate can't be verified: ${String(socket.authorizationError)}`,
    );
  }
}
