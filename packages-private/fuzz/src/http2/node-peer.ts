import { once } from "node:events";
import { createServer } from "node:http2";
import type { Http2Server } from "node:http2";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { readFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** What `node:http2` makes of octets, on a connection of their own. */
export interface NodePeer extends Disposable {
  /** Everything that it sent until it closed, answered the PING at the end of `octets`, or was silent. */
  feed(octets: Uint8Array): Promise<readonly Frame[]>;
}

const SILENCE_MS = 300;

/** The payload of the PING that ends each session. */
export const LAST_PING: Uint8Array = new TextEncoder().encode("the end.");

/** Starts a server of `node:http2` that answers each request when it is complete. */
export async function startNodePeer(): Promise<NodePeer> {
  const server: Http2Server = createServer();
  server.on("session", (session) => session.on("error", () => {}));
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.resume().once("end", () => {
      // A reset in the same turn closes the stream before it is destroyed.
      if (!stream.destroyed && !stream.closed)
        stream.respond({ ":status": 200 }, { endStream: true });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    feed: (octets) => converse(port, octets),
    [Symbol.dispose]() {
      // Its 'close' may never come: node keeps count of sessions that are long gone.
      server.close();
    },
  };
}

async function converse(port: number, octets: Uint8Array): Promise<readonly Frame[]> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const received: Buffer[] = [];
  // Everything is listened for before anything can happen.
  await new Promise<void>((resolve) => {
    socket.setTimeout(SILENCE_MS, resolve);
    socket.on("error", resolve).on("close", resolve);
    socket.on("data", (chunk: Buffer) => {
      received.push(chunk);
      if (Buffer.concat(received).includes(Buffer.from(LAST_PING))) resolve();
    });
    socket.once("connect", () => socket.write(octets));
  });
  socket.destroy();
  return readFrames(Buffer.concat(received));
}
