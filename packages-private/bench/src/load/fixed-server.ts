import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { REPLY_BYTES } from "./calls.ts";
import { FrameCutter } from "./frames.ts";
import {
  Flag,
  FrameType,
  HEADER_BYTES,
  MAX_WINDOW,
  SETTINGS_ACK,
  frame,
  repeatedBlocks,
  settings,
  windowUpdate,
} from "./wire.ts";

/** A server that is never the bottleneck of a client's figures. */
export interface FixedServer extends AsyncDisposable {
  readonly port: number;
}

const [HEADERS, TRAILERS] = repeatedBlocks([
  [
    { name: ":status", value: "200", exact: 8 },
    { name: "content-type", value: "application/grpc", nameIndex: 31 },
  ],
  [{ name: "grpc-status", value: "0" }],
]);
const PREFACE_BYTES = 24;
const MAX_CONCURRENT_STREAMS = 3;
const CREDIT_STEP = 2 ** 20;

/** Answers every request that ends with the same headers, message and trailers. */
export async function startFixedServer(): Promise<FixedServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    serve(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function serve(socket: Socket): void {
  let prefaceLeft = PREFACE_BYTES;
  let answered = false;
  let consumed = 0;
  let due: number[] = [];
  let out: Uint8Array[] = [
    settings([[MAX_CONCURRENT_STREAMS, 1000]]),
    windowUpdate(0, MAX_WINDOW - 65_535),
  ];
  const cutter = new FrameCutter((type, flags, id, bytes, start, end) => {
    if (type === FrameType.SETTINGS && (flags & Flag.ACK) === 0) out.push(SETTINGS_ACK);
    if (type === FrameType.PING && (flags & Flag.ACK) === 0)
      out.push(frame(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end)));
    if (type === FrameType.DATA) consumed += end - start;
    if (type <= FrameType.HEADERS && (flags & Flag.END_STREAM) !== 0) due.push(id);
  });
  const flush = (): void => {
    if (consumed > CREDIT_STEP) {
      out.push(windowUpdate(0, consumed));
      consumed = 0;
    }
    if (due.length > 0 && !answered) {
      answered = true;
      out.push(response(true, due.shift() ?? 0));
    }
    if (due.length > 0) out.push(stamp(due));
    if (out.length === 0) return;
    const bytes = out.length === 1 ? out[0] : Buffer.concat(out);
    due = [];
    out = [];
    if (bytes !== undefined) socket.write(bytes);
  };
  socket.on("data", (chunk: Buffer) => {
    const skipped = Math.min(prefaceLeft, chunk.length);
    prefaceLeft -= skipped;
    cutter.push(chunk.subarray(skipped));
    flush();
  });
  // The client under test may go at any time; its own figures tell.
  socket.on("error", () => {});
}

function response(isFirst: boolean, id: number): Buffer {
  const pick = isFirst ? "first" : "next";
  if (HEADERS === undefined || TRAILERS === undefined) throw new Error("no blocks");
  return Buffer.concat([
    frame(FrameType.HEADERS, Flag.END_HEADERS, id, HEADERS[pick]),
    frame(FrameType.DATA, 0, id, REPLY_BYTES),
    frame(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, id, TRAILERS[pick]),
  ]);
}

const TEMPLATE = response(false, 0);
const DATA_AT = HEADER_BYTES + (HEADERS?.next.length ?? 0);
const TRAILERS_AT = DATA_AT + HEADER_BYTES + REPLY_BYTES.length;

function stamp(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(TEMPLATE.length * ids.length);
  ids.forEach((id, index) => {
    const at = index * TEMPLATE.length;
    bytes.set(TEMPLATE, at);
    bytes.writeUInt32BE(id, at + 5);
    bytes.writeUInt32BE(id, at + DATA_AT + 5);
    bytes.writeUInt32BE(id, at + TRAILERS_AT + 5);
  });
  return bytes;
}
