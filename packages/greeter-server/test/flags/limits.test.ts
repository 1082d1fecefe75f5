import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  SayHelloRequestSchema,
  SayHelloToEachRequestSchema,
  SayHelloToEachResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import type { Program } from "@privet/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { call, openSession } from "../raw-call.ts";
import type { RawCall } from "../raw-call.ts";
import { portOf, runHere } from "../running.ts";

async function connectTo(server: Program): Promise<Disposable & { session: ClientHttp2Session }> {
  const session = await openSession(await portOf(server));
  return { session, [Symbol.dispose]: () => session.destroy() };
}

/** A bidirectional call at work. */
async function openCall(session: ClientHttp2Session): Promise<RawCall> {
  const each = call(session, "SayHelloToEach");
  each.write(SayHelloToEachRequestSchema, create(SayHelloToEachRequestSchema, { name: "Анна" }));
  await each.read(SayHelloToEachResponseSchema);
  return each;
}

/** How a call of SayHello ends, with a name of so many characters. */
async function statusOf(session: ClientHttp2Session, length: number): Promise<number> {
  const unary = call(session, "SayHello", { "x-request-id": "id" });
  unary.write(SayHelloRequestSchema, create(SayHelloRequestSchema, { name: "a".repeat(length) }));
  unary.end();
  return Number((await unary.ended).trailers?.["grpc-status"]);
}

async function goaway(session: ClientHttp2Session): Promise<{ code: number; text: string }> {
  const [code, , data] = (await once(session, "goaway")) as [number, number, Buffer | undefined];
  return { code, text: data?.toString("latin1") ?? "" };
}

test("--max-message-size: a larger message is RESOURCE_EXHAUSTED", async () => {
  await using server = runHere(["--max-message-size", "64B"]);
  using connection = await connectTo(server);
  assert.equal(await statusOf(connection.session, 60), 0);
  assert.equal(await statusOf(connection.session, 70), Code.ResourceExhausted);
});

test("--max-calls: one more is RESOURCE_EXHAUSTED, on whatever connection", async () => {
  await using server = runHere(["--max-calls", "1"]);
  using first = await connectTo(server);
  using second = await connectTo(server);
  const each = await openCall(first.session);
  const refused = call(second.session, "SayHello");
  assert.equal((await refused.responded)["grpc-status"], String(Code.ResourceExhausted));
  each.end();
  await each.ended;
  assert.equal(await statusOf(second.session, 1), 0);
});

test("--max-connections: one more is closed", async () => {
  await using server = runHere(["--max-connections", "1"]);
  using connection = await connectTo(server);
  const second = connect(await portOf(server), "127.0.0.1");
  second.on("error", () => {});
  await once(second, "close");
  assert.equal(await statusOf(connection.session, 1), 0);
});

test("--max-streams is what the client is told", async () => {
  await using server = runHere([], { PRIVET_MAX_STREAMS: "7" });
  using connection = await connectTo(server);
  assert.equal(await statusOf(connection.session, 1), 0);
  assert.equal(connection.session.remoteSettings.maxConcurrentStreams, 7);
});

test("--max-connection-age: the connection is asked to end, and open calls have their grace", async () => {
  const ages = ["--max-connection-age", "1s", "--max-connection-age-grace", "1s"];
  await using server = runHere(ages);
  using connection = await connectTo(server);
  const each = await openCall(connection.session);
  assert.deepEqual(await goaway(connection.session), {
    code: constants.NGHTTP2_NO_ERROR,
    text: "max_age",
  });
  each.write(SayHelloToEachRequestSchema, create(SayHelloToEachRequestSchema, { name: "Анна" }));
  await each.read(SayHelloToEachResponseSchema);
  await each.ended;
});

test("--keepalive-time and --keepalive-timeout: who doesn't answer a probe is let go", async () => {
  await using server = runHere(["--keepalive-time", "1s", "--keepalive-timeout", "1s"]);
  using connection = await connectTo(server);
  const mute = connect(await portOf(server), "127.0.0.1");
  mute.on("error", () => {}).resume();
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  mute.write(Buffer.concat([Buffer.from(preface), Buffer.from("000000040000000000", "hex")]));
  // Acknowledges the server's settings, and then says nothing any more.
  mute.write(Buffer.from("000000040100000000", "hex"));
  await Promise.all([once(mute, "close"), once(connection.session, "ping")]);
  assert.equal(await statusOf(connection.session, 1), 0);
});

/** Sends so many PINGs, so far apart; false where the server has ended the connection for it. */
async function mayPing(session: ClientHttp2Session, times: number, ms: number): Promise<boolean> {
  const refused = goaway(session);
  for (let sent = 0; sent < times; sent++) {
    if (session.closed) break;
    await new Promise((resolve) => session.ping(resolve));
    await delay(ms);
  }
  const marker = await Promise.race([refused, delay(0)]);
  if (marker === undefined) return true;
  assert.deepEqual(marker, { code: constants.NGHTTP2_ENHANCE_YOUR_CALM, text: "too_many_pings" });
  return false;
}

test("--min-ping-interval: who pings more often is let go", async () => {
  await using strict = runHere([]);
  using first = await connectTo(strict);
  await openCall(first.session);
  assert.equal(await mayPing(first.session, 5, 1_100), false);
  await using lenient = runHere(["--min-ping-interval", "1s"]);
  using second = await connectTo(lenient);
  await openCall(second.session);
  assert.equal(await mayPing(second.session, 5, 1_100), true);
});
