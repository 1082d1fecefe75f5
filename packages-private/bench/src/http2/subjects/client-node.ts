import { once } from "node:events";
import { connect } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { CallLoop } from "../../harness/call-loop.ts";
import { becomeSubject } from "../../harness/subject-process.ts";
import { smallCall } from "../../load/calls.ts";
import type { ClientWindow } from "../client-window.ts";

const REQUEST = {
  ":method": "POST",
  ":scheme": "http",
  ":path": "/reply",
  ":authority": "bench.test",
  te: "trailers",
  "content-type": "application/grpc",
  "user-agent": "privet-bench",
};

const sessions: ClientHttp2Session[] = [];
let next = 0;

function call(ended: (error?: Error) => void): void {
  const session = sessions[next++ % sessions.length];
  if (session === undefined) {
    ended(new Error("not connected"));
    return;
  }
  const stream = session.request(REQUEST);
  let bytes = 0;
  let status: string | string[] | undefined;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.on("trailers", (trailers) => {
    status = trailers["grpc-status"];
  });
  stream.on("error", () => {});
  stream.on("close", () => {
    const right = bytes === smallCall.responseBytes && status === "0";
    ended(right ? undefined : new Error(`${bytes} bytes, grpc-status ${String(status)}`));
  });
  stream.end(smallCall.body);
}

const loop = new CallLoop(call);

becomeSubject(undefined, {
  connect: async (argument) => {
    const { port, connections } = argument as ClientWindow;
    while (sessions.length < connections) {
      const session = connect(`http://127.0.0.1:${port}`);
      await once(session, "remoteSettings");
      sessions.push(session);
    }
  },
  run: (argument) => {
    const { connections, streams, seconds } = argument as ClientWindow;
    return loop.run(connections * streams, seconds);
  },
});
