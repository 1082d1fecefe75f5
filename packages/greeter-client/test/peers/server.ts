import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

/** A gRPC server of a test, on a free port, that tells how its streams and connections end. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  readonly address: string;
  /** Resolves when a call has arrived. */
  readonly called: Promise<void>;
  /** The first error code that a stream ends with. */
  readonly reset: Promise<number>;
  /** The error code of the first GOAWAY that a client sends. */
  readonly goaway: Promise<number>;
  /** Cuts all connections without a word. */
  cut(): void;
}

/** Serves `routes`; or what `onStream` does, where that is given. */
export async function serve(
  routes: (router: ConnectRouter) => void,
  onStream?: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<Server> {
  const called = Promise.withResolvers<void>();
  const reset = Promise.withResolvers<number>();
  const goaway = Promise.withResolvers<number>();
  const server = createServer(onStream === undefined ? connectNodeAdapter({ routes }) : undefined);
  const connections = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => connections.add(socket));
  server.on("session", (session) => {
    session.on("error", () => {});
    session.once("goaway", (code) => goaway.resolve(code));
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    stream.once("close", () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) reset.resolve(stream.rstCode);
    });
    called.resolve();
    onStream?.(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const connection of connections) connection.destroy();
  };
  return {
    port,
    address: `127.0.0.1:${port}`,
    called: called.promise,
    reset: reset.promise,
    goaway: goaway.promise,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** A server that takes calls and never answers. */
export function serveSilence(): Promise<Server> {
  return serve(
    () => {},
    () => {},
  );
}
