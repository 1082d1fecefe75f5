import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { EventEmitter, once } from "node:events";
import { connect, constants } from "node:http2";
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";

/** A gRPC call by hand, to see and do what no gRPC client shows and does. */
export interface RawCall {
  readonly responded: Promise<IncomingHttpHeaders>;
  /** The next message. */
  read<T extends DescMessage>(schema: T): Promise<MessageShape<T>>;
  write<T extends DescMessage>(schema: T, message: MessageShape<T>): void;
  writeBytes(bytes: Uint8Array): void;
  end(): void;
  /** Sends RST_STREAM with CANCEL. */
  cancel(): void;
  /** Sends END_STREAM, and RST_STREAM with CANCEL right behind it. */
  endAndCancel(): void;
  /** The trailers, or undefined where the stream ended without; and the code of RST_STREAM. */
  readonly ended: Promise<{ trailers: IncomingHttpHeaders | undefined; rstCode: number }>;
}

/** A connection to `port` of this machine, once it stands. */
export async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`);
  await once(session, "connect");
  // Its calls tell of a lost connection.
  session.on("error", () => {});
  return session;
}

/** Calls `method` of the greeter. */
export function call(
  session: ClientHttp2Session,
  method: string,
  headers: OutgoingHttpHeaders = {},
): RawCall {
  const controller = new AbortController();
  const fields = {
    ":method": "POST",
    ":path": `/greeter.v1.GreeterService/${method}`,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  };
  const stream = session.request(fields, { signal: controller.signal });
  const responded = once(stream, "response").then(([received]) => received as IncomingHttpHeaders);
  responded.catch(() => {});
  let trailers: IncomingHttpHeaders | undefined;
  stream.on("trailers", (received) => {
    trailers = received;
  });
  stream.on("error", () => {});
  const ended = new Promise<Awaited<RawCall["ended"]>>((resolve) => {
    stream.once("close", () => resolve({ trailers, rstCode: stream.rstCode }));
  });

  const arrived = new EventEmitter();
  let buffered = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    arrived.emit("bytes");
  });
  const available = async (length: number): Promise<void> => {
    while (buffered.length < length) {
      const over = await Promise.race([once(arrived, "bytes"), ended]);
      if ("rstCode" in over) throw new Error(`the stream ended early: RST_STREAM ${over.rstCode}`);
    }
  };

  return {
    responded,
    ended,
    async read(schema) {
      await available(5);
      const end = 5 + buffered.readUInt32BE(1);
      await available(end);
      const message = fromBinary(schema, buffered.subarray(5, end));
      buffered = buffered.subarray(end);
      return message;
    },
    write(schema, message) {
      this.writeBytes(frame(toBinary(schema, message)));
    },
    writeBytes: (bytes) => void stream.write(bytes),
    end: () => void stream.end(),
    cancel: () => controller.abort(),
    endAndCancel: () => stream.close(constants.NGHTTP2_CANCEL),
  };
}

/** A message with gRPC's prefix: not compressed, and its length. */
function frame(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
