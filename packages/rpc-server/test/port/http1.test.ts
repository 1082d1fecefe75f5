import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { test } from "node:test";
import { serve } from "../testkit/serving.ts";

const PATH = "/greeter.v1.GreeterService/SayHello";
/** More than the system keeps for both ends of a connection. */
const LARGE = 16 * 1024 * 1024;

function head(type: string, length: number): string {
  return `POST ${PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
}

/** Reads until `pattern` has come. */
async function read(socket: Socket, pattern: RegExp): Promise<string> {
  let text = "";
  while (!pattern.test(text)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    text += chunk.toString("latin1");
  }
  return text;
}

test("what is left of a request that was refused is read and dropped", async () => {
  await using serving = await serve({ readMaxBytes: 1_024 });
  const socket = connect(serving.port, "127.0.0.1");
  const refused = read(socket, /grpc-status: ?8/i);
  // A client that reads nothing before it has written all: the prefix says what is too much.
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(LARGE, 1);
  socket.write(head("application/grpc-web+proto", 5 + LARGE));
  socket.write(prefix);
  await refused;
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(Buffer.alloc(LARGE), () => resolve());
  });
  const answered = read(socket, /hello/i);
  const body = JSON.stringify({ name: "Ada" });
  socket.write(head("application/json", body.length) + body);
  assert.match(await answered, /hello Ada/i);
  socket.destroy();
});
