import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { echoCall, REPLY_BYTES, smallCall } from "../../src/load/calls.ts";
import { ClosedLoop } from "../../src/load/closed-loop.ts";

async function listen(
  t: { after(run: () => void): void },
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<{ port: number }> {
  const server = createServer();
  server.on("stream", onStream);
  server.on("sessionError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port };
}

test("small calls reach a strict server as they were meant, on every connection and stream", async (t) => {
  const seen = new Set<string>();
  const { port } = await listen(t, (stream, headers) => {
    const { ":path": path, te, "content-type": type, "content-length": length } = headers;
    seen.add([path, te, type, length].join(" "));
    stream.resume();
    stream.on("end", () => {
      stream.respond({ ":status": 200 });
      stream.end(REPLY_BYTES);
    });
  });
  await using loop = await ClosedLoop.open(
    { port, tls: false },
    { connections: 3, streams: 5, plan: smallCall },
  );
  const first = await loop.run(0.05);
  const second = await loop.run(0.05);
  assert.ok(first.calls >= 15, `${first.calls} calls`);
  assert.ok(second.calls >= 15, `${second.calls} calls`);
  assert.deepEqual([...seen], ["/reply trailers application/grpc 17"]);
});

test("a body beyond the server's windows is sent as they open, and comes back whole", async (t) => {
  const { port } = await listen(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  await using loop = await ClosedLoop.open(
    { port, tls: false },
    { connections: 2, streams: 2, plan: echoCall(300_000) },
  );
  const { calls } = await loop.run(0.05);
  assert.ok(calls >= 4, `${calls} calls`);
});

test("a short response fails the run", async (t) => {
  const { port } = await listen(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("short");
  });
  await using loop = await ClosedLoop.open(
    { port, tls: false },
    { connections: 1, streams: 1, plan: smallCall },
  );
  await assert.rejects(loop.run(0.05), /a response of 5 bytes/);
});

test("a reset stream fails the run", async (t) => {
  const { port } = await listen(t, (stream) => stream.close(8));
  await using loop = await ClosedLoop.open(
    { port, tls: false },
    { connections: 1, streams: 1, plan: smallCall },
  );
  await assert.rejects(loop.run(0.05), /was reset with 8/);
});
