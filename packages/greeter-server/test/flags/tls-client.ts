import { createClient } from "@connectrpc/connect";
import type { Client } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import type { SecureContextOptions } from "node:tls";

/** A client over TLS, on a connection of its own. Dispose of it with `using`. */
export class TlsClient implements Disposable {
  readonly greeter: Client<typeof GreeterService>;
  readonly #sessions: Http2SessionManager;

  constructor(port: number, options: SecureContextOptions) {
    const baseUrl = `https://localhost:${port}`;
    this.#sessions = new Http2SessionManager(baseUrl, undefined, options);
    const transport = createGrpcTransport({ baseUrl, sessionManager: this.#sessions });
    this.greeter = createClient(GreeterService, transport);
  }

  [Symbol.dispose](): void {
    this.#sessions.abort();
  }
}
