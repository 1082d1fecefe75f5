import { connect, createServer } from "node:net";
import { listen } from "./port.ts";
import type { Port } from "./port.ts";

/** A frame of HTTP/2 (RFC 9113 section 4.1). */
interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A proxy that keeps what the client sends. */
export interface Tap extends Port {
  /** The frames that the client has sent so far. */
  frames(): Frame[];
}

export async function tap(target: number): Promise<Tap> {
  let bytes = Buffer.alloc(0);
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    client.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
    });
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(server);
  return { ...port, frames: () => framesOf(bytes) };
}

const prefaceLength = 24;
const headerLength = 9;

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = prefaceLength;
  while (at + headerLength <= bytes.length) {
    const end = at + headerLength + bytes.readUIntBE(at, 3);
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + headerLength, end),
    });
    at = end;
  }
  return frames;
}
