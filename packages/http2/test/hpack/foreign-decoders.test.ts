import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import http2 from "node:http2";
import net from "node:net";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { requirement, start } from "@privet/testkit";
import { CLIENT_PREFACE, Flag, FrameType } from "../../src/constants.ts";
import { Encoder } from "../../src/hpack/encoder.ts";
import { readStories, storiesMissing } from "./stories.ts";

// What our encoder writes must be read by others as it is by us.

const venv = fileURLToPath(
  new URL("../../../../examples/python/.venv/bin/python", import.meta.url),
);
const python = process.env["PRIVET_PYTHON"] ?? (existsSync(venv) ? venv : "python3");
const pythonMissing = requirement({
  name: "Python with hpack",
  probe: { command: python, args: ["-c", "import hpack"] },
  hint: "pip install hpack, and name the interpreter in PRIVET_PYTHON",
});

const tableSizes = [0, 64, 4096];
const raw = readStories().filter(({ encoder }) => encoder === "raw-data");

/** The blocks of a story, for a peer whose setting is `tableSize`. */
function encodeAll(lists: readonly (readonly string[])[], tableSize: number): Uint8Array[] {
  const encoder = new Encoder(4096);
  encoder.setMaxTableSize(tableSize);
  return lists.map((list) => encoder.encode(list).slice());
}

suite(
  "our encoder's blocks, read by Python's hpack",
  { skip: storiesMissing || pythonMissing },
  () => {
    for (const tableSize of tableSizes) {
      test(`with a table of ${tableSize}`, async () => {
        const jobs = raw.map(({ cases }) => ({
          tableSize,
          blocks: encodeAll(
            cases.map(({ list }) => list),
            tableSize,
          ).map((block) => Buffer.from(block).toString("hex")),
        }));
        const script = fileURLToPath(new URL("./decode_with_python.py", import.meta.url));
        await using program = start(python, [script], {
          input: jobs.map((job) => `${JSON.stringify(job)}\n`).join(""),
        });
        const { code, stdout, stderr } = await program.result;
        assert.equal(code, 0, stderr);
        const answers = stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as string[][]);
        assert.equal(answers.flat().length, 3384);
        for (const [i, { story, cases }] of raw.entries()) {
          assert.deepEqual(
            answers[i],
            cases.map(({ list }) => list),
            story,
          );
        }
      });
    }
  },
);

function isPseudo([name = ""]: readonly string[]): boolean {
  return name.startsWith(":");
}

/**
 * `list` as node:http2 takes it: pseudo-headers first, without what HTTP/2 has
 * no place for, and without a content-length that no body follows.
 */
function tidy(list: readonly string[]): string[] {
  const unwanted = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);
  const fields = Array.from({ length: list.length / 2 }, (_, i) => list.slice(i * 2, i * 2 + 2));
  const kept = fields
    .filter(([name = ""]) => !unwanted.has(name))
    .map(([name = "", value = ""]) => [name, value.trim()]);
  return [...kept.filter(isPseudo), ...kept.filter((field) => !isPseudo(field))].flat();
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** HEADERS on a stream of its own for each block; the streams stay open. */
function headersFrames(blocks: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    blocks.map((block, i) => frame(FrameType.HEADERS, Flag.END_HEADERS, i * 2 + 1, block)),
  );
}

const settings = frame(FrameType.SETTINGS, 0, 0, new Uint8Array(0));
const settingsAck = frame(FrameType.SETTINGS, Flag.ACK, 0, new Uint8Array(0));

/** A server sends its SETTINGS first. */
async function exchangeSettings(socket: net.Socket): Promise<void> {
  socket.write(Buffer.concat([Buffer.from(CLIENT_PREFACE), settings]));
  await once(socket, "data");
  socket.write(settingsAck);
  socket.resume();
}

const tidied = raw.map(({ cases }) => cases.map(({ list }) => tidy(list)));
const having = (name: string): string[][][] =>
  tidied
    .map((lists) => lists.filter((list) => list.includes(name)))
    .filter((lists) => lists.length > 0);

suite("our encoder's blocks, read by node:http2", { skip: storiesMissing }, () => {
  for (const headerTableSize of tableSizes) {
    test(`requests, with a table of ${headerTableSize}`, async () => {
      const stories = having(":method");
      assert.equal(stories.flat().length, 349);
      for (const lists of stories) {
        assert.deepEqual(await readAsServer(lists, headerTableSize), lists);
      }
    });

    test(`responses, with a table of ${headerTableSize}`, async () => {
      const stories = having(":status");
      assert.equal(stories.flat().length, 3035);
      for (const lists of stories) {
        assert.deepEqual(await readAsClient(lists, headerTableSize), lists);
      }
    });
  }
});

/** What a server of node:http2 reads from our requests. */
async function readAsServer(
  lists: readonly string[][],
  headerTableSize: number,
): Promise<string[][]> {
  const server = http2.createServer({ settings: { headerTableSize } });
  const received = new Promise<string[][]>((resolve, reject) => {
    const seen: string[][] = [];
    server.on("sessionError", reject);
    server.on("stream", (stream, _headers, _flags, rawHeaders) => {
      stream.on("error", () => {});
      if (seen.push(rawHeaders) === lists.length) resolve(seen);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  try {
    await exchangeSettings(socket);
    socket.write(headersFrames(encodeAll(lists, headerTableSize)));
    return await Promise.race([received, closing(socket)]);
  } finally {
    socket.destroy();
    server.close();
  }
}

/** What a client of node:http2 reads from our responses to as many requests. */
async function readAsClient(
  lists: readonly string[][],
  headerTableSize: number,
): Promise<string[][]> {
  const server = net.createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const accepted = once(server, "connection");
  const { port } = server.address() as net.AddressInfo;
  const client = http2.connect(`http://127.0.0.1:${port}`, { settings: { headerTableSize } });
  client.on("error", () => {});
  const [socket] = (await accepted) as [net.Socket];
  try {
    socket.write(Buffer.concat([settings, settingsAck]));
    await once(client, "remoteSettings");
    const requested = headersFramesSeen(socket, lists.length);
    const received = Promise.all(lists.map(() => responseTo(client.request())));
    await Promise.race([requested, closing(socket)]);
    socket.write(headersFrames(encodeAll(lists, headerTableSize)));
    return await Promise.race([received, closing(socket)]);
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
}

async function responseTo(stream: http2.ClientHttp2Stream): Promise<string[]> {
  const [, , rawHeaders] = (await once(stream, "response")) as [unknown, unknown, string[]];
  stream.on("error", () => {});
  return rawHeaders;
}

/** Resolves when the client has sent `count` HEADERS: until then their streams aren't open. */
function headersFramesSeen(socket: net.Socket, count: number): Promise<void> {
  return new Promise((resolve) => {
    let held = Buffer.alloc(0);
    let preface = CLIENT_PREFACE.length;
    let seen = 0;
    socket.on("data", (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (;;) {
        if (preface > 0 && held.length >= preface) {
          held = held.subarray(preface);
          preface = 0;
        }
        if (preface > 0 || held.length < 9) return;
        const end = 9 + held.readUIntBE(0, 3);
        if (held.length < end) return;
        if (held[3] === FrameType.HEADERS && ++seen === count) resolve();
        held = held.subarray(end);
      }
    });
  });
}

/** Rejects when the peer closes: it has found an error. */
async function closing(socket: net.Socket): Promise<never> {
  await once(socket, "close");
  throw new Error("node:http2 closed the connection");
}
