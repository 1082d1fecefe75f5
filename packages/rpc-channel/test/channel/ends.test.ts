import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { insecureChannel } from "../../src/index.ts";
import { greeterClient, startGreeter } from "./support/greeter.ts";
import {
  answer,
  failureOf,
  greeting,
  grpcHead,
  ScriptedServer,
  type Script,
} from "./support/scripted-server.ts";

type Ending = readonly [name: string, script: Script, code: Code, message: RegExp];

const endings: readonly Ending[] = [
  ...(
    [
      ["NO_ERROR", Code.Unavailable],
      ["PROTOCOL_ERROR", Code.Internal],
      ["INTERNAL_ERROR", Code.Internal],
      ["REFUSED_STREAM", Code.Unavailable],
      ["CANCEL", Code.Canceled],
      ["ENHANCE_YOUR_CALM", Code.ResourceExhausted],
      ["INADEQUATE_SECURITY", Code.PermissionDenied],
    ] as const
  ).flatMap(([name, code]): Ending[] => [
    [
      `RST_STREAM ${name} before the headers`,
      ({ stream }) => stream.reset(ErrorCode[name]),
      code,
      new RegExp(`error code ${name}`),
    ],
    [
      `RST_STREAM ${name} after a message`,
      ({ stream }) => {
        stream.sendHeaders(grpcHead);
        stream.sendData(greeting("half"), false);
        setImmediate(() => stream.reset(ErrorCode[name]));
      },
      code,
      new RegExp(`error code ${name}`),
    ],
  ]),
  [
    "the connection is cut",
    ({ connection }) => connection.socket.destroy(),
    Code.Unavailable,
    /the connection was lost.* \(\/greeter\.v1\.GreeterService\/SayHello to 127\.0\.0\.1:\d+\)/,
  ],
  [
    "END_STREAM without a status",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(greeting("x"), true);
    },
    Code.Internal,
    /missing status/,
  ],
  [
    "END_STREAM on the headers, without a status",
    ({ stream }) => stream.sendHeaders(grpcHead, { endStream: true }),
    Code.Internal,
    /missing status/,
  ],
  [
    "OK without a message",
    ({ stream }) => stream.sendHeaders([...grpcHead, "grpc-status", "0"], { endStream: true }),
    Code.Unimplemented,
    /missing output message/,
  ],
  [
    "two messages for one",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(Buffer.concat([greeting("a"), greeting("b")]), false);
      stream.sendTrailers(["grpc-status", "0"]);
    },
    Code.Unimplemented,
    /extra output message/,
  ],
  [
    "a message and a status that isn't OK",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(greeting("a"), false);
      stream.sendTrailers(["grpc-status", "9", "grpc-message", "no"]);
    },
    Code.FailedPrecondition,
    /no/,
  ],
  [
    "OK inside a message",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(greeting("abc").subarray(0, 6), false);
      stream.sendTrailers(["grpc-status", "0"]);
    },
    Code.InvalidArgument,
    /incomplete/,
  ],
  [
    "a status that gRPC doesn't know",
    ({ stream }) => stream.sendHeaders([...grpcHead, "grpc-status", "99"], { endStream: true }),
    Code.Internal,
    /invalid grpc-status: 99/,
  ],
  [
    "a grpc-message that isn't well encoded keeps its status",
    ({ stream }) =>
      stream.sendHeaders([...grpcHead, "grpc-status", "5", "grpc-message", "50 %!"], {
        endStream: true,
      }),
    Code.NotFound,
    /50 %!/,
  ],
  [
    "HTTP 503",
    ({ stream }) => stream.sendHeaders([":status", "503"], { endStream: true }),
    Code.Unavailable,
    /HTTP 503/,
  ],
  [
    "HTTP 404 with a body",
    ({ stream }) => {
      stream.sendHeaders([":status", "404", "content-type", "text/html"]);
      stream.sendData(Buffer.from("<h1>no</h1>"), true);
    },
    Code.Unimplemented,
    /HTTP 404/,
  ],
  [
    "another content type",
    ({ stream }) => {
      stream.sendHeaders([":status", "200", "content-type", "text/html"]);
      stream.sendData(Buffer.from("<h1>hi</h1>"), true);
    },
    Code.Unknown,
    /unsupported content type text\/html/,
  ],
  [
    "a compression that nobody has offered",
    ({ stream }) => {
      stream.sendHeaders([...grpcHead, "grpc-encoding", "snappy"]);
      stream.sendTrailers(["grpc-status", "0"]);
    },
    Code.Internal,
    /unsupported response encoding "snappy"/,
  ],
  [
    "a compressed message without a compression",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(Uint8Array.of(1, 0, 0, 0, 1, 7), false);
      stream.sendTrailers(["grpc-status", "0"]);
    },
    Code.Internal,
    /do not know how to decompress/,
  ],
  [
    "what isn't the message",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(Uint8Array.of(0, 0, 0, 0, 2, 0x0a, 0xff), false);
      stream.sendTrailers(["grpc-status", "0"]);
    },
    Code.Internal,
    /parse binary/,
  ],
  [
    "a message that claims more than the limit",
    ({ stream }) => {
      stream.sendHeaders(grpcHead);
      stream.sendData(Uint8Array.of(0, 0xff, 0, 0, 0), false);
    },
    Code.ResourceExhausted,
    /larger than configured readMaxBytes 4194304/,
  ],
];

for (const [name, script, code, message] of endings) {
  test(`${name}: the call fails once, with ${Code[code]}`, async () => {
    await using server = await ScriptedServer.start(script);
    await using channel = insecureChannel(server.target);
    const client = greeterClient(channel);
    const error = await failureOf(client.sayHello({ name: "A" }, { timeoutMs: 5_000 }));
    assert.equal(error.code, code, error.message);
    assert.match(error.rawMessage, message);
  });
}

test("a stream that is reset in its middle gives its messages, then the error", async () => {
  await using server = await ScriptedServer.start(({ stream }) => {
    stream.sendHeaders(grpcHead);
    stream.sendData(greeting("first"), false);
    setImmediate(() => stream.reset(ErrorCode.INTERNAL_ERROR));
  });
  await using channel = insecureChannel(server.target);
  const seen: string[] = [];
  const error = await failureOf(
    (async () => {
      for await (const { greeting: text } of greeterClient(channel).sayHelloInLanguages({})) {
        seen.push(text);
      }
    })(),
  );
  assert.deepEqual(seen, ["first"]);
  assert.equal(error.code, Code.Internal);
});

test("the metadata of an error is that of its trailers and of its headers", async () => {
  await using server = await ScriptedServer.start(({ stream }) => {
    stream.sendHeaders([...grpcHead, "x-head", "1"]);
    stream.sendTrailers(["grpc-status", "7", "grpc-message", "%D0%BD%D0%B5%D1%82", "x-tail", "2"]);
  });
  await using channel = insecureChannel(server.target);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.PermissionDenied);
  assert.equal(error.rawMessage, "нет");
  assert.equal(error.metadata.get("x-head"), "1");
  assert.equal(error.metadata.get("x-tail"), "2");
});

test("a deadline ends the call here, and the stream with CANCEL", async () => {
  await using server = await ScriptedServer.start(() => {});
  await using channel = insecureChannel(server.target);
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 50 }));
  assert.equal(error.code, Code.DeadlineExceeded);
  assert.match(
    error.rawMessage,
    /^deadline passed after \d+ ms while waiting for the response \(\/greeter\.v1\.GreeterService\/SayHello to 127/,
  );
  await greeterProbe(server);
  assert.deepEqual(server.resets, [ErrorCode.CANCEL]);
});

test("a signal ends the call here with its reason, and the stream with CANCEL", async () => {
  await using server = await ScriptedServer.start(() => abort.abort(new Error("enough")));
  await using channel = insecureChannel(server.target);
  const abort = new AbortController();
  const error = await failureOf(greeterClient(channel).sayHello({}, { signal: abort.signal }));
  assert.equal(error.code, Code.Canceled);
  assert.equal(error.rawMessage, "enough");
  await greeterProbe(server);
  assert.deepEqual(server.resets, [ErrorCode.CANCEL]);
});

/** A round trip on the same connection: what was sent before it has arrived. */
async function greeterProbe(server: ScriptedServer): Promise<void> {
  const [request] = server.requests;
  await new Promise<void>((resolve) => request?.connection.connection.ping(() => resolve()));
}

test("a signal with a time limit of its own is CANCELED, and a deadline DEADLINE_EXCEEDED", async () => {
  await using server = await ScriptedServer.start(() => {});
  await using channel = insecureChannel(server.target);
  const client = greeterClient(channel);
  const calls = [
    failureOf(client.sayHello({}, { signal: AbortSignal.timeout(30) })),
    failureOf(client.sayHello({}, { signal: AbortSignal.timeout(60_000), timeoutMs: 30 })),
  ];
  const codes = (await Promise.all(calls)).map(({ code }) => code);
  assert.deepEqual(codes, [Code.Canceled, Code.DeadlineExceeded]);
});

test("a signal that is aborted already makes no stream", async () => {
  await using server = await ScriptedServer.start(answer);
  await using channel = insecureChannel(server.target);
  const error = await failureOf(
    greeterClient(channel).sayHello({}, { signal: AbortSignal.abort() }),
  );
  assert.equal(error.code, Code.Canceled);
  assert.equal(server.requests.length, 0);
});

test("break leaves the call running, as in Connect; the signal ends it", async () => {
  let ended: AbortSignal | undefined;
  await using greeter = await startGreeter({
    async *sayHelloInLanguages(_, { signal }) {
      ended = signal;
      while (!signal.aborted) {
        yield { greeting: "x" };
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  await using channel = insecureChannel(greeter.target);
  const client = greeterClient(channel);
  const abort = new AbortController();
  const call = client.sayHelloInLanguages({ name: "A" }, { signal: abort.signal });
  for await (const _ of call) break;
  await client.sayHello({ name: "B" });
  assert.equal(ended?.aborted, false);
  const told = new Promise((resolve) => ended?.addEventListener("abort", resolve));
  abort.abort();
  await told;
});

async function* broken(): AsyncGenerator<{ name: string }> {
  yield { name: "Anna" };
  throw new Error("no more names");
}

test("a signal cuts off what has come and isn't read, though the call has ended well", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target);
  const client = greeterClient(channel);
  const abort = new AbortController();
  const languageTags = ["en", "fr", "ru"];
  const request = { name: "A", languageTags };
  const call = client.sayHelloInLanguages(request, { signal: abort.signal });
  const reader = call[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value?.languageTag, "en");
  // By the time that this has been answered, so has the other.
  await client.sayHello({ name: "B" });
  abort.abort();
  const error = await failureOf(reader.next());
  assert.equal(error.code, Code.Canceled);
});

test("a request iterable that throws ends the call with its error", async () => {
  await using greeter = await startGreeter();
  await using channel = insecureChannel(greeter.target);
  const error = await failureOf(greeterClient(channel).sayHelloToAll(broken()));
  assert.match(error.rawMessage, /no more names/);
});

test("a server that answers early ends the request: its iterable is told to clean up", async () => {
  await using server = await ScriptedServer.start(answer, { early: true });
  await using channel = insecureChannel(server.target);
  const cleaned = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<{ name: string }> {
    try {
      for (;;) {
        yield { name: "Anna" };
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      cleaned.resolve();
    }
  }
  const { greeting: text } = await greeterClient(channel).sayHelloToAll(endless());
  assert.equal(text, "ok");
  await cleaned.promise;
});

test("a channel that is closed fails the calls to come, and lets the others end", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using greeter = await startGreeter({
    async sayHello() {
      begun.resolve();
      await go.promise;
      return { greeting: "late" };
    },
  });
  const channel = insecureChannel(greeter.target);
  const client = greeterClient(channel);
  const running = client.sayHello({});
  await begun.promise;
  const closed = channel.close();
  assert.equal(channel.state, "SHUTDOWN");
  const error = await failureOf(client.sayHello({}));
  assert.equal(error.code, Code.Canceled);
  assert.match(error.rawMessage, /the channel to .* has been closed/);
  go.resolve();
  assert.equal((await running).greeting, "late");
  await closed;
});

test("an error with details keeps them", async () => {
  await using greeter = await startGreeter({
    sayHello() {
      throw new ConnectError("привет", Code.DataLoss, { "x-why": "a, b" });
    },
  });
  await using channel = insecureChannel(greeter.target);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.DataLoss);
  assert.equal(error.rawMessage, "привет");
  assert.equal(error.metadata.get("x-why"), "a, b");
});
