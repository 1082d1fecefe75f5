import type { CallPlan } from "./caller.ts";
import { repeatedBlocks } from "./wire.ts";
import type { LoadField } from "./wire.ts";

/** The reply of every subject to `/reply`: one gRPC message, about a greeting's size. */
export const REPLY_BYTES: Buffer = grpcMessage(24);

const REQUEST_BYTES = grpcMessage(12);

function grpcMessage(length: number): Buffer {
  const message = Buffer.alloc(5 + length, 0x61);
  message.writeUInt8(0, 0);
  message.writeUInt32BE(length, 1);
  return message;
}

/** A unary gRPC call with a fixed small reply. */
export const smallCall: CallPlan = {
  headers: requestHeaders("/reply", REQUEST_BYTES.length),
  body: REQUEST_BYTES,
  responseBytes: REPLY_BYTES.length,
};

/** A body of `bytes` that comes back whole. */
export function echoCall(bytes: number): CallPlan {
  const body = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) body[at] = (at * 31) & 0xff;
  return { headers: requestHeaders("/echo", bytes), body, responseBytes: bytes };
}

/** HEADERS of a call that the subjects leave open. */
export const heldCall: CallPlan = {
  headers: requestHeaders("/hold", undefined),
  body: new Uint8Array(0),
  held: true,
  responseBytes: 0,
};

function requestHeaders(path: string, contentLength: number | undefined): CallPlan["headers"] {
  const fields: LoadField[] = [
    { name: ":method", value: "POST", exact: 3 },
    { name: ":scheme", value: "http", exact: 6 },
    { name: ":path", value: path, nameIndex: 4 },
    { name: ":authority", value: "bench.test", nameIndex: 1 },
    { name: "te", value: "trailers" },
    { name: "content-type", value: "application/grpc", nameIndex: 31 },
    { name: "user-agent", value: "privet-bench", nameIndex: 58 },
  ];
  if (contentLength !== undefined) {
    fields.push({ name: "content-length", value: String(contentLength), nameIndex: 28 });
  }
  const [headers] = repeatedBlocks([fields]);
  if (headers === undefined) throw new Error("no block");
  return headers;
}
