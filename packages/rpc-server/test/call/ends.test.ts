import assert from "node:assert/strict";
import test from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import { kinds, named, paths, routes } from "./testkit/greeter.ts";
import type { Greeter, Kind } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";
import type { ClientCall } from "./testkit/pair.ts";

/** What an implementation got to know of its call's end. */
class Witness {
  calls = 0;
  signals = 0;
  reason: unknown;
  /** What iterating over the request ended with. */
  upload: unknown;
  /** How often its `finally` ran. */
  finals = 0;
  readonly started: Promise<void>;
  readonly finished: Promise<void>;
  #start!: () => void;
  #finish!: () => void;

  constructor() {
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  begin({ signal }: HandlerContext): void {
    this.calls++;
    signal.addEventListener("abort", () => {
      this.signals++;
      this.reason = signal.reason;
    });
    this.#start();
  }

  end(): void {
    this.finals++;
    this.#finish();
  }
}

/** Resolves or rejects when the signal aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

/** Where in its work an implementation is when the end comes. */
const points = ["waiting", "reading", "writing"] as const;
type Point = (typeof points)[number];

const large = { greeting: "x".repeat(100_000) };

function implementation(point: Point, witness: Witness): Greeter {
  async function unary(context: HandlerContext): Promise<Record<string, never>> {
    witness.begin(context);
    try {
      return await aborted(context.signal);
    } finally {
      witness.end();
    }
  }
  async function read(requests: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const _ of requests);
      witness.upload = "complete";
    } catch (error) {
      witness.upload = error;
      throw error;
    }
  }
  return {
    sayHello: (_request, context) => unary(context),
    async *sayHelloInLanguages(_request, context) {
      witness.begin(context);
      try {
        if (point === "writing") for (;;) yield large;
        await aborted(context.signal);
      } finally {
        witness.end();
      }
    },
    async sayHelloToAll(requests, context) {
      if (point !== "reading") return unary(context);
      witness.begin(context);
      try {
        await read(requests);
        return {};
      } finally {
        witness.end();
      }
    },
    async *sayHelloToEach(requests, context) {
      witness.begin(context);
      try {
        if (point === "writing") for (;;) yield large;
        if (point === "reading") await read(requests);
        else await aborted(context.signal);
      } finally {
        witness.end();
      }
    },
  };
}

const possible: Readonly<Record<Kind, readonly Point[]>> = {
  unary: ["waiting"],
  server: ["waiting", "writing"],
  client: ["waiting", "reading"],
  bidi: points,
};

interface End {
  readonly name: string;
  /** Needs the request to be open. */
  readonly open?: boolean;
  cause(pair: Pair, call: ClientCall): void;
  /** The code of the signal's reason. */
  readonly code: Code;
  /** The code that the upload ends with. */
  readonly uploadCode: Code;
  /** The status that the client gets, where it gets one. */
  readonly status?: string;
}

const resets: readonly [keyof typeof ErrorCode, Code][] = [
  ["NO_ERROR", Code.Canceled],
  ["PROTOCOL_ERROR", Code.Internal],
  ["INTERNAL_ERROR", Code.Internal],
  ["FLOW_CONTROL_ERROR", Code.Internal],
  ["SETTINGS_TIMEOUT", Code.Internal],
  ["STREAM_CLOSED", Code.Canceled],
  ["FRAME_SIZE_ERROR", Code.Internal],
  ["REFUSED_STREAM", Code.Unavailable],
  ["CANCEL", Code.Canceled],
  ["COMPRESSION_ERROR", Code.Internal],
  ["CONNECT_ERROR", Code.Internal],
  ["ENHANCE_YOUR_CALM", Code.ResourceExhausted],
  ["INADEQUATE_SECURITY", Code.PermissionDenied],
  ["HTTP_1_1_REQUIRED", Code.Unknown],
];

const ends: readonly End[] = [
  ...resets.map(([name, code]): End => ({
    name: `RST_STREAM with ${name}`,
    cause: (_pair, call) => call.reset(ErrorCode[name]),
    code,
    uploadCode: Code.Canceled,
  })),
  {
    name: "RST_STREAM with a code that nobody knows",
    cause: (_pair, call) => call.reset(0xbeef as ErrorCode),
    code: Code.Internal,
    uploadCode: Code.Canceled,
  },
  {
    name: "the loss of the connection",
    cause: (pair) => pair.lose(),
    code: Code.Canceled,
    uploadCode: Code.Canceled,
  },
  {
    name: "GOAWAY of the client",
    cause: (pair) => pair.client.abort(ErrorCode.NO_ERROR, "bye"),
    code: Code.Canceled,
    uploadCode: Code.Canceled,
  },
  {
    name: "the end of the connection by the server",
    cause: (pair) => pair.server.abort(ErrorCode.NO_ERROR, "bye"),
    code: Code.Canceled,
    uploadCode: Code.Canceled,
  },
  {
    name: "a frame that ends the connection",
    cause: (pair) => {
      // DATA of no stream, RFC 9113 §6.1.
      pair.server.receive(new Uint8Array(9), pair.timers.now());
      // What comes of it is on its way with the next octets.
      pair.client.ping(() => {});
    },
    code: Code.Canceled,
    uploadCode: Code.Canceled,
  },
  {
    name: "the deadline",
    cause: (pair) => pair.timers.advance(60_000),
    code: Code.DeadlineExceeded,
    uploadCode: Code.DeadlineExceeded,
    status: "4",
  },
  {
    name: "cancelAll()",
    cause: (pair) => pair.dispatcher.cancelAll(new ConnectError("bye", Code.Unavailable)),
    code: Code.Unavailable,
    uploadCode: Code.Canceled,
    status: "14",
  },
];

for (const kind of kinds) {
  for (const point of possible[kind]) {
    for (const ended of [true, false]) {
      // The implementation of a single message starts when the request is complete.
      if (!ended && (kind === "unary" || kind === "server")) continue;
      if (ended && point === "reading") continue;
      for (const end of ends) {
        const request = ended ? "a complete request" : "an open request";
        test(`${end.name} ends a ${kind} call of ${request} once, while it is ${point}`, async () => {
          const witness = new Witness();
          const pair = new Pair({ routes: routes(implementation(point, witness)) });
          const call = pair.open(paths[kind], ["grpc-timeout", "1M"], { consume: false });
          call.send(named("Anna"));
          if (ended) call.end();
          await witness.started;
          if (point === "writing") await call.until(() => call.body.length >= 65_535);
          end.cause(pair, call);
          await witness.finished;
          await call.ended;
          await settled();
          assert.equal(witness.calls, 1);
          assert.equal(witness.signals, 1, "the signal aborts once");
          assert.equal(witness.finals, 1, "finally runs once");
          assert.ok(witness.reason instanceof ConnectError);
          assert.equal(witness.reason.code, end.code);
          if (point === "reading") {
            assert.ok(witness.upload instanceof ConnectError, "a cut upload isn't complete");
            assert.equal(witness.upload.code, end.uploadCode);
          }
          if (end.status !== undefined && point !== "writing") {
            assert.equal(call.status, end.status);
          }
          assert.equal(pair.dispatcher.activeCalls, 0, "no slot is held");
          assert.equal(pair.timers.size, 0, "no alarm is left");
        });
      }
    }
  }
}

for (const kind of ["unary", "server"] as const) {
  for (const point of ["before its message", "in its message"] as const) {
    for (const end of ends) {
      test(`${end.name} ends a ${kind} call ${point}, and its implementation isn't called`, async () => {
        const witness = new Witness();
        const pair = new Pair({ routes: routes(implementation("waiting", witness)) });
        const call = pair.open(paths[kind], ["grpc-timeout", "1M"], { consume: false });
        if (point === "in its message") call.send(named("Anna").subarray(0, 7));
        await settled();
        assert.equal(pair.dispatcher.activeCalls, 1);
        end.cause(pair, call);
        await call.ended;
        await settled();
        assert.equal(witness.calls, 0);
        if (end.status !== undefined) assert.equal(call.status, end.status);
        assert.equal(pair.dispatcher.activeCalls, 0, "no slot is held");
        assert.equal(pair.timers.size, 0, "no alarm is left");
      });
    }
  }
}

for (const end of ends) {
  test(`${end.name} while the answer waits for room: the implementation was told of none before`, async () => {
    const witness = new Witness();
    const pair = new Pair({
      routes: routes({
        async sayHello(_request, context) {
          witness.begin(context);
          witness.end();
          return { greeting: "x".repeat(1_000_000) };
        },
      }),
    });
    const call = pair.open(paths.unary, ["grpc-timeout", "1M"], { consume: false });
    call.send(named("Anna")).end();
    await call.until(() => call.body.length >= 65_535);
    await settled();
    end.cause(pair, call);
    await settled();
    assert.equal(witness.signals, 1, "the signal aborts once");
    assert.equal(pair.dispatcher.activeCalls, 0, "no slot is held");
    assert.equal(pair.timers.size, 0, "no alarm is left");
  });
}

/** Everything that is on its way has arrived. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
