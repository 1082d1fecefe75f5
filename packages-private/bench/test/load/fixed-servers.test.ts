import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { makeCertificates } from "../../src/harness/certificate.ts";
import { startFixedServer } from "../../src/load/fixed-server.ts";
import type { Listener } from "../../src/load/listener.ts";
import { startStreamingServer } from "../../src/load/streaming-server.ts";

const REPLY = Buffer.from("a reply made beforehand");

async function sessionWith(
  t: TestContext,
  server: Listener,
  authority?: string,
): Promise<ClientHttp2Session> {
  const scheme = authority === undefined ? "http" : "https";
  const options = authority === undefined ? {} : { ca: readFileSync(authority) };
  const session = connect(`${scheme}://127.0.0.1:${server.port}`, options);
  t.after(async () => {
    session.destroy();
    await server[Symbol.asyncDispose]();
  });
  await once(session, "connect");
  return session;
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received: IncomingHttpHeaders) => {
    trailers = received;
  });
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const body = Buffer.concat(await stream.toArray());
  return { headers, body, trailers };
}

function assertSuccess({ headers, trailers }: Answer): void {
  assert.equal(headers[":status"], 200);
  assert.equal(headers["content-type"], "application/grpc");
  assert.equal(trailers["grpc-status"], "0");
}

test("a fixed server answers each request, when it has ended, with the same", async (t) => {
  const session = await sessionWith(t, await startFixedServer(REPLY));
  const streams = Array.from({ length: 20 }, () => session.request({ ":method": "POST" }));
  const large = Buffer.alloc(3_000_000, "x");
  streams.forEach((stream, at) => stream.end(at === 7 ? large : "small"));
  for (const answer of await Promise.all(streams.map(answerOf))) {
    assertSuccess(answer);
    assert.deepEqual(answer.body, REPLY);
  }
});

test("a fixed server proves itself to clients that trust the benches' authority", async (t) => {
  const files = makeCertificates();
  const tls = { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
  const session = await sessionWith(t, await startFixedServer(REPLY, tls), files.authority);
  const stream = session.request({ ":method": "POST" });
  stream.end("over TLS");
  assert.deepEqual((await answerOf(stream)).body, REPLY);
});

for (const size of [1, 39, 16_384, 70_001]) {
  test(`messages of ${size} octets come whole and in order, within the client's windows`, async (t) => {
    const message = Buffer.from(Uint8Array.from({ length: size }, (_, at) => at % 251));
    const count = Math.ceil(300_000 / size);
    const server = await startStreamingServer({ kind: "repeat", message, count });
    const session = await sessionWith(t, server);
    const streams = [0, 1, 2].map(() => session.request({ ":method": "POST" }));
    for (const stream of streams) stream.end("ask");
    for (const answer of await Promise.all(streams.map(answerOf))) {
      assertSuccess(answer);
      assert.equal(answer.body.length, count * size);
      assert.ok(answer.body.equals(Buffer.alloc(count * size, message)));
    }
  });
}

test("an echo answers each message before the next is sent, and ends when the client does", async (t) => {
  const session = await sessionWith(t, await startStreamingServer({ kind: "echo" }));
  const stream = session.request({ ":method": "POST" }, { endStream: false });
  await once(stream, "response");
  for (const word of ["there", "and", "back"]) {
    stream.write(word);
    const [echoed] = (await once(stream, "data")) as [Buffer];
    assert.equal(echoed.toString(), word);
  }
  const trailers = once(stream, "trailers");
  stream.end();
  assert.equal(((await trailers)[0] as IncomingHttpHeaders)["grpc-status"], "0");
});
