import { Connection } from "@privet/http2";
import type { ConnectionHandler, Stream, StreamHandler } from "@privet/http2";
import type { Random } from "@privet/testkit";
import { readFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** What each side of a connection sent, frame by frame; a client's preface is left out. */
export interface Session {
  readonly client: readonly Frame[];
  readonly server: readonly Frame[];
}

export const PREFACE: Uint8Array = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const responseFields = [":status", "200", "content-type", "application/grpc"];

/** A valid session of a few random calls between two engines. */
export function makeSession(random: Random): Session {
  const sent = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  const server = new Connection({ role: "server", handler: answering(random), now: 0 });
  const client = new Connection({ role: "client", handler: silent, now: 0 });
  for (let calls = 1 + random.below(5); calls > 0; calls--) {
    call(client, random);
    exchange(client, server, sent);
  }
  if (random.chance(0.3)) client.ping(() => {});
  if (random.chance(0.2)) client.drain("shutdown");
  exchange(client, server, sent);
  const clientOctets = Buffer.concat(sent.client).subarray(PREFACE.length);
  return { client: readFrames(clientOctets), server: readFrames(Buffer.concat(sent.server)) };
}

/** Moves what both have to say until neither says more. */
function exchange(
  client: Connection,
  server: Connection,
  sent: { readonly client: Uint8Array[]; readonly server: Uint8Array[] },
): void {
  while (client.outputPending || server.outputPending) {
    move(client, server, sent.client);
    move(server, client, sent.server);
  }
}

function move(from: Connection, to: Connection, sent: Uint8Array[]): void {
  for (const octets of from.takeOutput()) {
    sent.push(octets);
    to.receive(octets, 0);
  }
  from.written(0, 0);
}

function call(client: Connection, random: Random): void {
  const fields = [":method", "POST", ":scheme", "http", ":path", `/s/m${random.below(3)}`];
  fields.push(":authority", "localhost", "te", "trailers");
  for (let i = random.below(4); i > 0; i--) fields.push(`x-${i}`, "v".repeat(random.below(60)));
  const endStream = random.chance(0.2);
  const stream: Stream = client.openStream(
    fields,
    { data: (_, start, end) => stream.consume(end - start), closed: () => {} },
    { endStream },
  );
  if (endStream) return;
  for (let i = random.below(3); i > 0; i--) {
    stream.sendData(random.bytes(random.below(300)), false);
  }
  if (random.chance(0.1)) stream.reset(8);
  else if (random.chance(0.2)) stream.sendTrailers(["x-trailer", "1"]);
  else stream.sendData(random.bytes(random.below(50)), true);
}

/** Answers each request, with trailers as gRPC has them. */
function answering(random: Random): ConnectionHandler {
  return {
    stream: (stream, _, endStream) => answer(stream, random, endStream),
    closed: () => {},
    outputReady: () => {},
  };
}

function answer(stream: Stream, random: Random, endStream: boolean): StreamHandler {
  const respond = (): void => {
    stream.sendHeaders(responseFields);
    stream.sendData(random.bytes(random.below(200)), false);
    stream.sendTrailers(["grpc-status", "0"]);
  };
  if (endStream) respond();
  return {
    headers: (_headers, _kind, end) => void (end && respond()),
    data: (_, start, end, last) => {
      stream.consume(end - start);
      if (last) respond();
    },
    closed: () => stream.release(),
  };
}

const silent: ConnectionHandler = { closed: () => {}, outputReady: () => {} };
