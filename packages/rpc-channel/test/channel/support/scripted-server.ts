import type { AddressInfo } from "node:net";
import { type Code, ConnectError } from "@connectrpc/connect";
import { toBinary, create } from "@bufbuild/protobuf";
import { SayHelloResponseSchema } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { prefixMessage } from "@privet/grpc-wire";
import type { Limits, ReceivedHeaders, Stream } from "@privet/http2";
import { listen } from "@privet/http2/node";
import type { Listener, SocketConnection } from "@privet/http2/node";

/** A request as the script of a server sees it: complete. */
export interface ScriptedRequest {
  readonly stream: Stream;
  readonly headers: ReceivedHeaders;
  readonly body: Uint8Array;
  readonly connection: SocketConnection;
  /** How many requests there were before it, on all connections. */
  readonly index: number;
}

export type Script = (request: ScriptedRequest) => void;

/** A server of HTTP/2 that does what a script says, even where gRPC forbids it. */
export class ScriptedServer implements AsyncDisposable {
  readonly requests: ScriptedRequest[] = [];
  /** How the streams ended that didn't end well, in order. */
  readonly resets: number[] = [];
  connections = 0;
  #listener!: Listener;

  /** @param early whether the script runs when the headers have come */
  static async start(
    script: Script,
    options: { early?: boolean; limits?: Partial<Limits> } = {},
  ): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    server.#listener = await listen({
      port: 0,
      host: "127.0.0.1",
      ...(options.limits && { limits: options.limits }),
      handler: (connection) => {
        server.connections++;
        return {
          stream: (stream, headers, endStream) => {
            const chunks: Uint8Array[] = [];
            const run = (): void => {
              const request = {
                stream,
                headers,
                body: Buffer.concat(chunks),
                connection,
                index: server.requests.length,
              };
              server.requests.push(request);
              script(request);
            };
            if (endStream || options.early === true) run();
            return {
              data(bytes, start, end, last) {
                chunks.push(bytes.slice(start, end));
                stream.consume(end - start);
                if (last && options.early !== true) run();
              },
              closed(end) {
                if (end.by !== "end") server.resets.push(end.code);
                stream.release();
              },
            };
          },
        };
      },
    });
    return server;
  }

  get port(): number {
    return (this.#listener.address as AddressInfo).port;
  }

  get target(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Cuts all connections off. */
  cut(): void {
    for (const connection of this.#listener.connections) connection.socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#listener.connections) connection.destroy();
    await this.#listener[Symbol.asyncDispose]();
  }
}

export const grpcHead = [":status", "200", "content-type", "application/grpc+proto"] as const;

/** A greeting, as gRPC frames it. */
export function greeting(text: string): Uint8Array {
  return prefixMessage(
    toBinary(SayHelloResponseSchema, create(SayHelloResponseSchema, { greeting: text })),
    0,
  );
}

/** Answers as a server should. */
export function answer({ stream }: ScriptedRequest, text: string = "ok"): void {
  stream.sendHeaders(grpcHead);
  stream.sendData(greeting(text), false);
  stream.sendTrailers(["grpc-status", "0"]);
}

/** Answers with a status alone (Trailers-Only). */
export function refuse(
  { stream }: ScriptedRequest,
  code: Code,
  fields: readonly string[] = [],
): void {
  stream.sendHeaders([...grpcHead, "grpc-status", String(code), ...fields], { endStream: true });
}

/** The error that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ConnectError) return error;
    throw error;
  }
  throw new Error("the call has succeeded");
}
