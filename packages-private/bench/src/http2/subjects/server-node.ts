import { once } from "node:events";
import { createSecureServer, createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { becomeSubject } from "../../harness/subject-process.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";
import { REPLY_BYTES } from "../../load/calls.ts";

// The floor that we are measured against: node:http2 with the plainest code that does the work.

const RESPONSE = { ":status": 200, "content-type": "application/grpc" };
const TRAILERS = { "grpc-status": "0" };
const held: ServerHttp2Stream[] = [];

function onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on("error", () => {});
  switch (headers[":path"] ?? "") {
    case "/reply":
      stream.resume();
      stream.on("end", () => {
        stream.respond(RESPONSE, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers(TRAILERS));
        stream.end(REPLY_BYTES);
      });
      return;
    case "/echo": {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        stream.respond(RESPONSE);
        stream.end(Buffer.concat(parts));
      });
      return;
    }
    case "/hold":
      held.push(stream);
      return;
    default:
      stream.respond({ ":status": 404 }, { endStream: true });
  }
}

async function listen(server: Server): Promise<number> {
  server.on("stream", onStream);
  server.listen(0, "127.0.0.1", 4096);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

becomeSubject({
  plain: await listen(createServer()),
  tls: await listen(createSecureServer(certificateOfArguments())),
});
