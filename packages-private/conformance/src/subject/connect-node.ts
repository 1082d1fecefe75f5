import { connectNodeAdapter } from "@connectrpc/connect-node";
import { createServer as createHttp1Server } from "node:http";
import type { RequestListener } from "node:http";
import { createSecureServer, createServer as createHttp2Server } from "node:http2";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { Subject, SubjectPlan, SubjectTls } from "./subject.ts";

type Handle = RequestListener &
  ((request: Http2ServerRequest, response: Http2ServerResponse) => void);

/** Connect's own server for Node, to compare with. */
export async function startConnectNode(plan: SubjectPlan): Promise<Subject> {
  const { routes, options } = plan;
  const handle = connectNodeAdapter({ ...options, routes });
  const server = serverFor(plan, handle);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

function serverFor({ tls, http2 }: SubjectPlan, handle: Handle): Server {
  if (tls === undefined) return http2 ? createHttp2Server(handle) : createHttp1Server(handle);
  return http2
    ? createSecureServer(tlsOptions(tls), handle)
    : createHttpsServer(tlsOptions(tls), handle);
}

function tlsOptions({ key, cert, clientCa }: SubjectTls): TlsOptions {
  const own = { key: Buffer.from(key), cert: Buffer.from(cert) };
  if (clientCa === undefined) return own;
  return { ...own, ca: Buffer.from(clientCa), requestCert: true, rejectUnauthorized: true };
}
