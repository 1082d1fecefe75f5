import { createServer, tlsCredentials } from "@privet/rpc-server";
import type { ServerOptions } from "@privet/rpc-server";
import { becomeSubject } from "../../harness/subject-process.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";
import { allocationCommands } from "./allocations.ts";
import { readMaxBytes, readsHeader, routes } from "./routes.ts";

// Our server, with the options that its users get by default.

const { key, cert } = certificateOfArguments();

async function listen(
  options: Partial<ServerOptions>,
): Promise<{ readonly plain: number; readonly tls: number }> {
  const server = createServer({ routes, readMaxBytes, ...options });
  const plain = await server.addInsecurePort("127.0.0.1:0");
  const tls = await server.addSecurePort(
    "127.0.0.1:0",
    tlsCredentials({ privateKey: key, certificateChain: cert }),
  );
  await server.start();
  return { plain, tls };
}

const { plain, tls } = await listen({});
const intercepted = await listen({ interceptors: [readsHeader] });
becomeSubject({ plain, tls, http1: plain, intercepted: intercepted.plain }, allocationCommands);
