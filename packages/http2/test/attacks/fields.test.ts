import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ErrorCode, Flag, FrameType } from "../../src/constants.ts";
import { attackServer } from "./testkit/raw-peer.ts";
import type { RawPeer } from "./testkit/raw-peer.ts";
import { VictimServer } from "./testkit/victim.ts";
import { data, frame } from "../testkit/frames.ts";
import {
  indexed,
  literal,
  METHOD_POST,
  request,
  requestBlock,
  SCHEME_HTTP,
} from "./testkit/blocks.ts";

// What could mean one thing to us and another to the next hop: request
// smuggling, response splitting, and ways round checks (RFC 9113 §8.2, §8.3, §10.3).

let victim: VictimServer;
let port: number;
before(async () => {
  victim = new VictimServer();
  port = await victim.listen();
});
after(() => victim[Symbol.asyncDispose]());

const METHOD_GET = indexed(2);
const PATH = literal(":path", "/");
const AUTHORITY = literal(":authority", "victim.test");

/** Blocks of requests that must not reach a handler. */
const malformed: readonly (readonly [string, Uint8Array])[] = [
  ["CR LF in a value", requestBlock("/", literal("a", "b\r\nc: d"))],
  ["LF in a value", requestBlock("/", literal("a", "b\nc"))],
  ["CR in a value", requestBlock("/", literal("a", "b\rc"))],
  ["NUL in a value", requestBlock("/", literal("a", "b\0c"))],
  ["a space before a value", requestBlock("/", literal("a", " b"))],
  ["a tab after a value", requestBlock("/", literal("a", "b\t"))],
  ["CR LF in a name", requestBlock("/", literal("a\r\nb", "c"))],
  ["a colon in a name", requestBlock("/", literal("a:b", "c"))],
  ["a space in a name", requestBlock("/", literal("a b", "c"))],
  ["a space after a name", requestBlock("/", literal("transfer-encoding ", "chunked"))],
  ["a name of upper case", requestBlock("/", literal("Content-Length", "0"))],
  ["a name beyond ASCII", requestBlock("/", literal("n\u00e4me", "c"))],
  ["an empty name", requestBlock("/", literal("", "c"))],
  ["connection", requestBlock("/", literal("connection", "close"))],
  ["transfer-encoding", requestBlock("/", literal("transfer-encoding", "chunked"))],
  ["upgrade", requestBlock("/", literal("upgrade", "h2c"))],
  ["keep-alive", requestBlock("/", literal("keep-alive", "1"))],
  ["proxy-connection", requestBlock("/", literal("proxy-connection", "close"))],
  ["te that isn't trailers", requestBlock("/", literal("te", "gzip"))],
  [
    "two content-lengths",
    requestBlock("/", ...["0", "1"].map((n) => literal("content-length", n))),
  ],
  ["a content-length with a sign", requestBlock("/", literal("content-length", "+0"))],
  ["two hosts", requestBlock("/", literal("host", "a.test"), literal("host", "b.test"))],
  ["two paths", requestBlock("/", literal(":path", "/admin"))],
  [
    "a pseudo-header after a field",
    requestBlock("/", literal("a", "b"), literal(":scheme", "https")),
  ],
  ["an unknown pseudo-header", Buffer.concat([literal(":proto", "x"), requestBlock("/")])],
  ["a response's pseudo-header", Buffer.concat([literal(":status", "200"), requestBlock("/")])],
  ["a path without its slash", requestBlock("admin")],
  ["an empty path", requestBlock("")],
  ["no path", Buffer.concat([METHOD_POST, SCHEME_HTTP, AUTHORITY])],
  ["no method", Buffer.concat([SCHEME_HTTP, PATH, AUTHORITY])],
  ["no scheme", Buffer.concat([METHOD_GET, PATH, AUTHORITY])],
  ["a space in the method", Buffer.concat([literal(":method", "GET /x"), SCHEME_HTTP, PATH])],
  ["a line break in the path", requestBlock("/a\r\nhost: b")],
  ["CONNECT with a path", Buffer.concat([literal(":method", "CONNECT"), PATH, AUTHORITY])],
];

/** Sends what must be refused, and sees that the connection goes on. */
async function refused(send: (peer: RawPeer) => void): Promise<void> {
  await using peer = await attackServer(port);
  send(peer);
  await peer.until(() => peer.resets.size > 0, "RST_STREAM");
  assert.deepEqual([...peer.resets], [[ErrorCode.PROTOCOL_ERROR, 1]]);
  assert.equal((await victim.handlers(peer.localPort)).handled, 0, "a handler saw it");
  peer.send(request(3, "/"));
  await peer.until(() => peer.count(FrameType.HEADERS) > 0, "the answer to the next request");
}

describe("a request is refused, and the connection goes on, for", () => {
  for (const [what, block] of malformed) {
    test(what, () =>
      refused((peer) =>
        peer.send(frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, 1, block)),
      ),
    );
  }

  test("a content-length without a body", () =>
    refused((peer) => peer.send(request(1, "/", { extra: [literal("content-length", "9")] }))));
});

describe("a body is cut off, and the connection goes on, for", () => {
  const bodies: readonly (readonly [string, string, number])[] = [
    ["more than its content-length", "3", 4],
    ["less than its content-length", "5", 4],
  ];
  for (const [what, length, size] of bodies) {
    test(what, async () => {
      await using peer = await attackServer(port);
      const extra = [literal("content-length", length)];
      peer.send(
        request(1, "/hold", { endStream: false, extra }),
        data(1, Buffer.alloc(size), { endStream: true }),
      );
      await peer.until(() => peer.resets.size > 0, "RST_STREAM");
      assert.deepEqual([...peer.resets], [[ErrorCode.PROTOCOL_ERROR, 1]]);
      peer.send(request(3, "/"));
      await peer.until(() => peer.count(FrameType.HEADERS) > 0, "the answer");
    });
  }

  test("trailers with a pseudo-header", async () => {
    await using peer = await attackServer(port);
    peer.send(
      request(1, "/hold", { endStream: false }),
      frame(FrameType.HEADERS, Flag.END_STREAM | Flag.END_HEADERS, 1, literal(":path", "/admin")),
    );
    await peer.until(() => peer.resets.size > 0, "RST_STREAM");
    assert.deepEqual([...peer.resets], [[ErrorCode.PROTOCOL_ERROR, 1]]);
  });
});
