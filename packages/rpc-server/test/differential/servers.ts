import type { ConnectRouter, Interceptor } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { compressionBrotli, compressionGzip } from "@privet/grpc-wire";
import { listen, threadWheel } from "@privet/http2/node";
import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { createCallDispatcher } from "../../src/call/dispatcher.ts";
import { peerOf } from "../../src/peer.ts";
import { timersOn } from "../../src/timers.ts";
import { gate, greeterRoutes } from "./implementation.ts";
import type { Seen } from "./implementation.ts";

/** A server and a client's session with it. */
export interface Subject extends AsyncDisposable {
  readonly session: ClientHttp2Session;
  readonly seen: Seen;
}

export interface SubjectOptions {
  readonly interceptors: Interceptor[];
}

const options = { readMaxBytes: 1_000_000, maxTimeoutMs: 60_000, requestGate: gate };
const acceptCompression = [compressionGzip, compressionBrotli];

/** Connect's own, on Node's HTTP/2. */
export async function stock({ interceptors }: SubjectOptions): Promise<Subject> {
  const seen: Seen = new Map();
  const handler = connectNodeAdapter({
    ...options,
    acceptCompression,
    interceptors,
    routes: greeterRoutes(seen),
  });
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`);
  return {
    session,
    seen,
    async [Symbol.asyncDispose]() {
      session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ours. */
export async function ours({ interceptors }: SubjectOptions): Promise<Subject> {
  const seen: Seen = new Map();
  const routes = (router: ConnectRouter): void => greeterRoutes(seen)(router);
  const dispatcher = createCallDispatcher({
    ...options,
    acceptCompression,
    interceptors,
    routes,
    timers: timersOn(threadWheel),
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    handler: ({ socket }) => {
      const peer = peerOf(socket, "2.0");
      return {
        stream: (stream, headers, endStream) =>
          dispatcher.dispatch(stream, headers, endStream, peer),
      };
    },
  });
  const session = connect(`http://127.0.0.1:${(listener.address as AddressInfo).port}`);
  return {
    session,
    seen,
    async [Symbol.asyncDispose]() {
      session.destroy();
      await listener.destroy();
    },
  };
}
