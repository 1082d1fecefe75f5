import { createServer, tlsCredentials } from "@privet/rpc-server";
import type { Peer } from "../peer.ts";
import { greeterRoutes } from "./greeter.ts";

export const privet: Peer = {
  name: "our server",
  skip: false,
  async start({ key, cert }) {
    const server = createServer({ routes: greeterRoutes });
    const credentials = tlsCredentials({ privateKey: key, certificateChain: cert });
    const plain = await server.addInsecurePort("127.0.0.1:0");
    const tls = await server.addSecurePort("127.0.0.1:0", credentials);
    await server.start();
    return { plain, tls, [Symbol.asyncDispose]: () => server.stop() };
  },
};
