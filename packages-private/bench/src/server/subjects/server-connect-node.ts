import type { Interceptor } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { createServer as createHttp1Server } from "node:http";
import { createSecureServer, createServer } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { becomeSubject } from "../../harness/subject-process.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";
import { allocationCommands } from "./allocations.ts";
import { readMaxBytes, readsHeader, routes } from "./routes.ts";

// Connect's own server for Node, with the options that its users get by default.

function handle(interceptors: Interceptor[]): ReturnType<typeof connectNodeAdapter> {
  return connectNodeAdapter({ routes, readMaxBytes, interceptors });
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const ports = {
  plain: await portOf(createServer(handle([]))),
  tls: await portOf(createSecureServer(certificateOfArguments(), handle([]))),
  http1: await portOf(createHttp1Server(handle([]))),
  intercepted: await portOf(createServer(handle([readsHeader]))),
};
becomeSubject(ports, allocationCommands);
