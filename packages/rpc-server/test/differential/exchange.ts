import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { Case } from "./cases.ts";

/** What came back, in a form that can be compared. */
export interface Answer {
  status: number | undefined;
  /** Sorted, without pseudo-headers. Of a Trailers-Only response, those of its head that are no trailers. */
  headers: [string, string][];
  trailers: [string, string][];
  /** Of the messages, decompressed, in hexadecimal; or all of the body where it has no messages. */
  messages: string[];
  compressed: boolean[];
  /** RST_STREAM's code where there was an error. */
  error: string | undefined;
}

/** Sends the request of `one`, and gives what comes back. */
export function exchange(session: ClientHttp2Session, one: Case): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stream = session.request({ ":method": one.method, ":path": one.path, ...one.headers });
  const answer: Answer = {
    status: undefined,
    headers: [],
    trailers: [],
    messages: [],
    compressed: [],
    error: undefined,
  };
  const chunks: Buffer[] = [];
  stream.on("response", (headers) => {
    answer.status = headers[":status"];
    answer.headers = list(headers);
  });
  stream.on("trailers", (headers) => {
    answer.trailers = list(headers);
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", (error) => {
    answer.error = error.message;
  });
  stream.on("close", () => {
    read(answer, Buffer.concat(chunks));
    settle(answer);
    resolve(answer);
  });
  stream.on("end", () => {
    // The server has said all; it may have said so before the request's end.
    stream.close();
  });
  let at = 0;
  for (const cut of [...one.cuts, one.body.length]) {
    if (cut > at) stream.write(one.body.subarray(at, cut));
    at = cut;
  }
  stream.end();
  return promise;
}

function list(headers: IncomingHttpHeaders): [string, string][] {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(":"))
    .map(([name, value]): [string, string] => [name, String(value)])
    .sort(([a], [b]) => a.localeCompare(b));
}

const decompressors: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  deflate: inflateSync,
  zstd: zstdDecompressSync,
};

function read(answer: Answer, body: Buffer): void {
  const type = header(answer, "content-type") ?? "";
  if (!type.startsWith("application/grpc") || type.startsWith("application/grpc-web")) {
    if (body.length > 0) answer.messages.push(body.toString("hex"));
    return;
  }
  const decompress = decompressors[header(answer, "grpc-encoding") ?? ""];
  for (let at = 0; at + 5 <= body.length;) {
    const size = body.readUInt32BE(at + 1);
    const bytes = body.subarray(at + 5, at + 5 + size);
    const compressed = body[at] === 1;
    const plain = compressed && decompress !== undefined ? decompress(bytes) : bytes;
    answer.messages.push(plain.toString("hex"));
    answer.compressed.push(compressed);
    at += 5 + size;
  }
}

function header(answer: Answer, name: string): string | undefined {
  return answer.headers.find((field) => field[0] === name)?.[1];
}

/** A Trailers-Only response is the same as one with a head: which field is in which block isn't seen. */
function settle(answer: Answer): void {
  if (answer.trailers.length > 0 || header(answer, "grpc-status") === undefined) return;
  answer.trailers = answer.headers.filter((field) => !isOfHead(field));
  answer.headers = answer.headers.filter(isOfHead);
}

function isOfHead([name]: [string, string]): boolean {
  return name === "content-type" || name === "date" || name === "grpc-accept-encoding";
}
