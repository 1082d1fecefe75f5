import { once } from "node:events";
import { connect } from "node:http2";
import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import type { LoadTarget } from "../load/closed-loop.ts";
import type { CallPlan } from "../load/caller.ts";
import { requestBlock } from "./calls.ts";
import type { BenchCall } from "./calls.ts";

const ENCODING = "grpc-encoding";

/**
 * Makes a call once, with Node's own client, and sees that its answer is right,
 * and compressed only if the call is: the load itself only counts octets.
 *
 * @returns the plan of a load of such calls
 * @throws Error where the server answers with anything but success
 */
export async function planOf(call: BenchCall, target: LoadTarget): Promise<CallPlan> {
  const scheme = target.tls ? "https" : "http";
  const session = connect(`${scheme}://127.0.0.1:${target.port}`, { rejectUnauthorized: false });
  try {
    await once(session, "connect");
    const stream = session.request({
      ":method": "POST",
      ":path": call.path,
      ...Object.fromEntries(call.fields.map(({ name, value }) => [name, value])),
    });
    stream.end(call.body);
    return {
      headers: requestBlock(call),
      body: call.body,
      responseBytes: await successfulBytes(stream, encodingOf(call)),
    };
  } finally {
    session.close();
  }
}

function encodingOf({ fields }: BenchCall): string {
  return fields.find(({ name }) => name === ENCODING)?.value ?? "identity";
}

async function successfulBytes(stream: ClientHttp2Stream, encoding: string): Promise<number> {
  let bytes = 0;
  let last = Buffer.alloc(0);
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    last = Buffer.concat([last, chunk]).subarray(-256);
  });
  await once(stream, "end");
  const outcome = outcomeOf(headers, trailers, last.toString("latin1"));
  if (outcome !== "success") {
    throw new Error(`${outcome}: ${JSON.stringify({ ...headers, ...trailers })}`);
  }
  const answered = headers[ENCODING] ?? "identity";
  if (answered !== encoding) {
    throw new Error(`a call in ${encoding} is answered in ${String(answered)}`);
  }
  return bytes;
}

function outcomeOf(
  headers: IncomingHttpHeaders,
  trailers: IncomingHttpHeaders,
  end: string,
): string {
  if (Number(headers[":status"]) !== 200) return "not successful";
  const type = headers["content-type"] ?? "";
  // gRPC-Web has its trailers in the body's last message.
  const status = type.startsWith("application/grpc-web")
    ? /grpc-status: ?(\d+)/.exec(end)?.[1]
    : (trailers["grpc-status"] ?? headers["grpc-status"]);
  return type.startsWith("application/json") || status === "0" ? "success" : "not successful";
}
