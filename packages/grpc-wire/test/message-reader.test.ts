import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  compressedFlag,
  messageEnd,
  MessageReader,
  prefixMessage,
  writeMessage,
  writePrefix,
} from "@privet/grpc-wire";
import type { MessageSink } from "@privet/grpc-wire";

interface Message {
  readonly flags: number;
  readonly bytes: readonly number[];
}

/** The naive twin: the whole body at once. */
function messagesOf(body: Uint8Array): Message[] {
  const messages: Message[] = [];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  for (let at = 0; at < body.length;) {
    const length = view.getUint32(at + 1);
    const bytes = Array.from(body.subarray(at + 5, at + 5 + length));
    messages.push({ flags: view.getUint8(at), bytes });
    at += 5 + length;
  }
  return messages;
}

class Recorder implements MessageSink {
  readonly messages: Message[] = [];
  message(bytes: Uint8Array, flags: number): void {
    this.messages.push({ flags, bytes: Array.from(bytes) });
  }
}

/** Reads `body` in chunks of `size`, each in a buffer that is spoilt after the call. */
function readInChunks(body: Uint8Array, size: number): Message[] {
  const reader = new MessageReader(1_000_000);
  const recorder = new Recorder();
  for (let at = 0; at < body.length; at += size) {
    const chunk = Uint8Array.from([0xee, ...body.subarray(at, at + size), 0xee]);
    reader.read(chunk, 1, chunk.length - 1, recorder);
    chunk.fill(0xdd);
  }
  reader.end();
  return recorder.messages;
}

const body = Buffer.concat([
  prefixMessage(Uint8Array.of(1, 2, 3), 0),
  prefixMessage(new Uint8Array(0), compressedFlag),
  prefixMessage(new Uint8Array(0), 0),
  prefixMessage(
    Uint8Array.from({ length: 700 }, (_, i) => i & 0xff),
    compressedFlag,
  ),
  prefixMessage(Uint8Array.of(9), 0),
]);

test("any split of a body gives the messages of the whole", () => {
  const expected = messagesOf(body);
  assert.equal(expected.length, 5);
  for (let size = 1; size <= body.length; size++) {
    assert.deepEqual(readInChunks(body, size), expected, `in chunks of ${size}`);
  }
});

test("a message that lies in one chunk is a view of it, and one in pieces is the receiver's own", () => {
  const reader = new MessageReader(100);
  const seen: { buffer: ArrayBufferLike; owned: boolean }[] = [];
  const sink: MessageSink = {
    message: (bytes, _flags, owned) => void seen.push({ buffer: bytes.buffer, owned }),
  };
  const whole = prefixMessage(Uint8Array.of(1, 2, 3), 0);
  reader.read(whole, 0, whole.length, sink);
  reader.read(whole, 0, 6, sink);
  reader.read(whole, 6, whole.length, sink);
  assert.deepEqual(
    seen.map(({ buffer, owned }) => [buffer === whole.buffer, owned]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test("a prefix of 4 GiB allocates nothing, and is RESOURCE_EXHAUSTED before any of it arrives", () => {
  const reader = new MessageReader(4_194_304);
  const recorder = new Recorder();
  assert.throws(
    () => reader.read(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff), 0, 5, recorder),
    (error: ConnectError) =>
      error.code === Code.ResourceExhausted &&
      error.rawMessage === "message size 4294967295 is larger than configured readMaxBytes 4194304",
  );
});

test("memory grows with what has arrived, not with what was promised", () => {
  const reader = new MessageReader(0xffff_ffff);
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 50 }, () => new MessageReader(0xffff_ffff));
  for (const each of [reader, ...readers]) {
    each.read(Uint8Array.of(0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3), 0, 8, new Recorder());
  }
  assert.equal(reader.missing, 0x7fff_ffff - 3);
  assert.ok(process.memoryUsage().arrayBuffers - before < 51 * 65_536 + 1_000_000);
});

test("a message as long as the limit is taken, and one octet more is not", () => {
  const reader = new MessageReader(3);
  const recorder = new Recorder();
  const fits = prefixMessage(Uint8Array.of(1, 2, 3), 0);
  reader.read(fits, 0, fits.length, recorder);
  assert.equal(recorder.messages.length, 1);
  const long = prefixMessage(Uint8Array.of(1, 2, 3, 4), 0);
  assert.throws(() => reader.read(long, 0, long.length, recorder), ConnectError);
});

test("a body that ends inside a message or its prefix is INVALID_ARGUMENT", () => {
  for (const octets of [1, 4, 5, 6]) {
    const reader = new MessageReader(100);
    reader.read(prefixMessage(Uint8Array.of(1, 2, 3), 0), 0, octets, new Recorder());
    assert.throws(
      () => reader.end(),
      (error: ConnectError) =>
        error.code === Code.InvalidArgument &&
        error.rawMessage === "protocol error: incomplete envelope",
    );
  }
  new MessageReader(100).end();
});

test("a sink that throws leaves a reader that goes on with the next message", () => {
  const reader = new MessageReader(100);
  const message = prefixMessage(Uint8Array.of(1), 0);
  const broken: MessageSink = {
    message: () => {
      throw new Error("broken");
    },
  };
  assert.throws(() => reader.read(message, 0, message.length, broken), /broken/);
  const recorder = new Recorder();
  reader.read(message, 0, message.length, recorder);
  assert.equal(recorder.messages.length, 1);
});

test("the prefix of a large message is that of the message in one", () => {
  const message = new Uint8Array(0x012345);
  const prefix = new Uint8Array(7).fill(0xee);
  writePrefix(prefix, 1, message.length, compressedFlag);
  const whole = prefixMessage(message, compressedFlag);
  assert.deepEqual([...prefix], [0xee, ...whole.subarray(0, 5), 0xee]);
});

test("messages are written side by side, whatever their size", () => {
  for (const size of [0, 1, 47, 48, 49, 300]) {
    const message = Uint8Array.from({ length: size }, (_, i) => i & 0xff);
    const target = new Uint8Array(size + 9);
    assert.equal(writeMessage(target, 3, message, compressedFlag), size + 8);
    assert.deepEqual([...target], [0, 0, 0, ...prefixMessage(message, compressedFlag), 0]);
  }
});

test("the end of a message is known from its prefix, even of one of four gigabytes", () => {
  const bytes = Uint8Array.of(9, 0, 0x01, 0x02, 0x03, 0x04, 9);
  assert.equal(messageEnd(bytes, 1, bytes.length), 1 + 5 + 0x01020304);
  assert.equal(messageEnd(bytes, 1, 5), undefined);
  assert.equal(messageEnd(Uint8Array.of(1, 255, 255, 255, 255), 0, 5), 5 + 0xffffffff);
});
