import type { HeadersKind, ReceivedHeaders, Stream, StreamHandler } from "@privet/http2";
import { connect } from "@privet/http2/node";
import type { SocketConnection } from "@privet/http2/node";
import { CallLoop } from "../../harness/call-loop.ts";
import { becomeSubject } from "../../harness/subject-process.ts";
import { smallCall } from "../../load/calls.ts";
import type { ClientWindow } from "../client-window.ts";

const REQUEST = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/reply"],
  [":authority", "bench.test"],
  ["te", "trailers"],
  ["content-type", "application/grpc"],
  ["user-agent", "privet-bench"],
].flat();

const connections: SocketConnection[] = [];
let next = 0;

class Call implements StreamHandler {
  readonly #ended: (error?: Error) => void;
  stream: Stream | undefined = undefined;
  #bytes = 0;
  #status: string | undefined = undefined;

  constructor(ended: (error?: Error) => void) {
    this.#ended = ended;
  }

  headers(headers: ReceivedHeaders, kind: HeadersKind): void {
    if (kind === "trailers") this.#status = headers.get("grpc-status");
  }

  data(_bytes: Uint8Array, start: number, end: number): void {
    this.#bytes += end - start;
    this.stream?.consume(end - start);
  }

  closed(): void {
    const right = this.#bytes === smallCall.responseBytes && this.#status === "0";
    this.#ended(right ? undefined : new Error(`${this.#bytes} bytes, status ${this.#status}`));
  }
}

const loop = new CallLoop((ended) => {
  const connection = connections[next++ % connections.length];
  const call = new Call(ended);
  const stream = connection?.connection.openStream(REQUEST, call);
  call.stream = stream;
  stream?.sendData(smallCall.body, true);
});

becomeSubject(undefined, {
  connect: async (argument) => {
    const window = argument as ClientWindow;
    while (connections.length < window.connections) {
      connections.push(await connect({ port: window.port, host: "127.0.0.1" }));
    }
  },
  run: (argument) => {
    const window = argument as ClientWindow;
    return loop.run(window.connections * window.streams, window.seconds);
  },
});
