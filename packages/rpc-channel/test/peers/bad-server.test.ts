import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import test from "node:test";
import { ErrorCode } from "@privet/http2";
import { insecureChannel } from "../../src/index.ts";
import type { Channel } from "../../src/index.ts";
import { greeterClient } from "../channel/support/greeter.ts";
import {
  answer,
  failureOf,
  greeting,
  grpcHead,
  ScriptedServer,
} from "../channel/support/scripted-server.ts";
import type { Script } from "../channel/support/scripted-server.ts";

// gRPC's "negative HTTP/2 interop test cases": servers that do what HTTP/2
// allows, or what gRPC doesn't. They are called by the names that they have there.

const REQUEST_SIZE = 271_828;
const RESPONSE_SIZE = 314_159;

const request = { name: "q".repeat(REQUEST_SIZE) };
const response = "r".repeat(RESPONSE_SIZE);
const body = greeting(response);

async function callOnce(channel: Channel): Promise<void> {
  const { greeting: text } = await greeterClient(channel).sayHello(request, { timeoutMs: 20_000 });
  assert.equal(text, response);
}

test("goaway: the calls after it go out on another connection", async () => {
  await using server = await ScriptedServer.start((call) => {
    if (call.index === 0) call.connection.connection.drain("shutdown");
    answer(call, response);
  });
  await using channel = insecureChannel(server.target);
  await callOnce(channel);
  await callOnce(channel);
  assert.equal(server.connections, 2);
});

const halves = Math.floor(body.length / 2);

const resets: readonly (readonly [name: string, send: Script])[] = [
  ["rst_after_header", ({ stream }) => stream.sendHeaders(grpcHead)],
  [
    "rst_during_data",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(body.subarray(0, halves), false);
    },
  ],
  [
    "rst_after_data",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(body, false);
    },
  ],
];

/** Resets the first call's stream after what `send` sends; answers the others. */
function resetAfter(send: Script): Script {
  return (call) => {
    if (call.index > 0) return answer(call, response);
    send(call);
    // What has been sent leaves before the stream is reset: when a PING behind it is back.
    call.connection.connection.ping(() => call.stream.reset(ErrorCode.NO_ERROR));
  };
}

for (const [name, send] of resets) {
  test(`${name}: the call fails, and the connection goes on`, async () => {
    await using server = await ScriptedServer.start(resetAfter(send));
    await using channel = insecureChannel(server.target);
    const error = await failureOf(greeterClient(channel).sayHello(request, { timeoutMs: 20_000 }));
    assert.match(error.rawMessage, /error code NO_ERROR/);
    await callOnce(channel);
    assert.equal(server.connections, 1);
  });
}

test("ping: every PING is acknowledged, wherever in a response it comes", async () => {
  let sent = 0;
  const acknowledged = Promise.withResolvers<void>();
  await using server = await ScriptedServer.start(({ stream, connection: { connection } }) => {
    let outstanding = 0;
    const ping = (): void => {
      sent++;
      outstanding++;
      connection.ping(() => {
        if (--outstanding === 0) acknowledged.resolve();
      });
    };
    ping();
    stream.sendHeaders(grpcHead);
    ping();
    stream.sendData(body.subarray(0, halves), false);
    ping();
    stream.sendData(body.subarray(halves), false);
    ping();
    stream.sendTrailers(["grpc-status", "0"]);
    ping();
  });
  await using channel = insecureChannel(server.target);
  await callOnce(channel);
  await acknowledged.promise;
  assert.equal(sent, 5);
});

/** A server on Node's own HTTP/2, which changes its settings under way, and pads. */
class NodeServer implements AsyncDisposable {
  readonly #server: Http2Server;
  readonly sockets: Socket[] = [];

  constructor(
    options: Parameters<typeof createServer>[0],
    answerTo: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void,
  ) {
    this.#server = createServer(options);
    this.#server.on("session", (session) => {
      session.on("stream", (stream: ServerHttp2Stream) => {
        stream.on("error", () => {});
        stream.on("end", () => answerTo(stream, session));
        stream.resume();
      });
    });
    this.#server.on("connection", (socket: Socket) => this.sockets.push(socket));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function begin(stream: ServerHttp2Stream): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc+proto" },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
}

test("max_streams: calls wait where the server has come to allow one at once", async () => {
  let open = 0;
  let most = 0;
  await using server = new NodeServer({}, (stream, session) => {
    const answerIt = (): void => {
      begin(stream);
      stream.end(body);
    };
    // The first answer goes out when the client has taken note.
    if (session.localSettings.maxConcurrentStreams === 1) setImmediate(answerIt);
    else session.settings({ maxConcurrentStreams: 1 }, answerIt);
    most = Math.max(most, ++open);
    stream.on("close", () => open--);
  });
  await using channel = insecureChannel(await server.listen());
  await callOnce(channel);
  await Promise.all(Array.from({ length: 10 }, () => callOnce(channel)));
  assert.equal(most, 1);
  assert.equal(server.sockets.length, 1);
});

test("data_frame_padding: padding counts against the windows, and is given back", async () => {
  const octets = 20;
  await using server = new NodeServer(
    { paddingStrategy: constants.PADDING_STRATEGY_MAX },
    (stream) => {
      begin(stream);
      const write = (at: number): void => {
        if (at >= body.length) stream.end();
        // The next one when this has left, or they'd share a frame.
        else stream.write(body.subarray(at, at + octets), () => write(at + octets));
      };
      write(0);
    },
  );
  await using channel = insecureChannel(await server.listen());
  await callOnce(channel);
  const [socket] = server.sockets;
  const frames = body.length / octets;

  assert.ok((socket?.bytesWritten ?? 0) > frames * 250, "the frames were not padded");
});
