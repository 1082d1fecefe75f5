import { createSecureServer, createServer } from "node:http2";
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { preencode } from "@privet/http2";
import type { ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import { listen } from "@privet/http2/node";
import { createServer as createRpcServer, tlsCredentials } from "@privet/rpc-server";
import { collect } from "../tools/collect.ts";
import type { Certificate } from "@privet/testkit";

/** A server under test, on a port of its own. */
interface Subject extends AsyncDisposable {
  readonly port: number;
}

/** Starts a server that answers each request with 200 and a body. Without a certificate: h2c. */
export type SubjectFactory = (certificate: Certificate | undefined) => Promise<Subject>;

/** Longer than any window that h2spec opens to count what is sent. */
const BODY: Uint8Array = new TextEncoder().encode("h2spec reads some of this. ".repeat(40));

const RESPONSE = preencode([":status", "200", "content-type", "text/plain"]);

/** Answers when the request is complete. */
class Answer implements StreamHandler {
  readonly #stream: Stream;

  constructor(stream: Stream, endStream: boolean) {
    this.#stream = stream;
    if (endStream) this.#send();
  }

  headers(_headers: ReceivedHeaders, _kind: string, endStream: boolean): void {
    if (endStream) this.#send();
  }

  data(_bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.#stream.consume(end - start);
    if (endStream) this.#send();
  }

  closed(): void {
    this.#stream.release();
  }

  #send(): void {
    this.#stream.sendHeaders(RESPONSE);
    this.#stream.sendData(BODY.slice(), true);
  }
}

const privet: SubjectFactory = async (certificate) => {
  const listener = await listen({
    port: 0,
    host: "127.0.0.1",
    handler: () => ({ stream: (stream, _headers, endStream) => new Answer(stream, endStream) }),
    ...(certificate && { tls: certificate }),
  });
  return {
    port: (listener.address as AddressInfo).port,
    [Symbol.asyncDispose]: () => listener.destroy(),
  };
};

const node: SubjectFactory = async (certificate) => {
  const server: Http2Server | Http2SecureServer =
    certificate === undefined ? createServer() : createSecureServer(certificate);
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.resume();
    stream.respond({ ":status": 200, "content-type": "text/plain" });
    stream.end(BODY);
  });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session.once("close", () => sessions.delete(session)));
    session.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const session of sessions) session.destroy();
      return closed;
    },
  };
};

async function* oneChunk(): AsyncGenerator<Uint8Array> {
  yield BODY;
}

/** The gRPC server on our engine, which answers what no route has. */
const rpc: SubjectFactory = async (certificate) => {
  const server = createRpcServer({
    routes: () => {},
    fallback: async (request) => {
      await collect(request.body);
      const header = new Headers({ "content-type": "text/plain" });
      return { status: 200, header, body: oneChunk() };
    },
  });
  const port =
    certificate === undefined
      ? await server.addInsecurePort("127.0.0.1:0")
      : await server.addSecurePort(
          "127.0.0.1:0",
          tlsCredentials({ privateKey: certificate.key, certificateChain: certificate.cert }),
        );
  await server.start();
  return { port, [Symbol.asyncDispose]: () => server.stop() };
};

/** The servers that h2spec can be pointed at, by name: the engine, Node's, and ours on the engine. */
export const subjects: Readonly<Record<string, SubjectFactory>> = { privet, node, rpc };
