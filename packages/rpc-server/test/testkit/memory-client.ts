import { connect } from "@privet/http2/node";
import type { SocketConnection } from "@privet/http2/node";
import type { Duplex } from "node:stream";
import { ClientCall } from "../call/testkit/pair.ts";

/** Calls over an open stream of bytes. */
export class MemoryClient {
  readonly #connection: SocketConnection;

  private constructor(connection: SocketConnection) {
    this.#connection = connection;
  }

  static async open(pipe: Duplex): Promise<MemoryClient> {
    return new MemoryClient(await connect({ socket: pipe }));
  }

  /** Opens a call of gRPC, to which messages can be sent. */
  call(path: string, fields: readonly string[] = []): ClientCall {
    const call = new ClientCall(true);
    const pseudo = [":method", "POST", ":scheme", "http", ":authority", "memory", ":path", path];
    const grpc = ["content-type", "application/grpc", "te", "trailers"];
    const headers = [...pseudo, ...grpc, ...fields];
    call.stream = this.#connection.connection.openStream(headers, call);
    return call;
  }
}
