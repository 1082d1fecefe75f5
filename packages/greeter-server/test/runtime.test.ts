import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter } from "@connectrpc/connect";
import {
  GreeterService,
  SayHelloRequestSchema,
  SayHelloResponseSchema,
  SayHelloToAllRequestSchema,
  SayHelloToEachRequestSchema,
  SayHelloToEachResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { constants } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { createRuntime, greeter, routes } from "../src/index.ts";
import type { Runtime } from "../src/index.ts";
import { call, openSession } from "./raw-call.ts";

interface Served extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly port: number;
  readonly session: ClientHttp2Session;
}

async function serve(served: (router: ConnectRouter) => void = routes): Promise<Served> {
  const runtime = createRuntime(served);
  const { port } = await runtime.listen({ host: "127.0.0.1", port: 0 });
  const session = await openSession(port);
  return {
    runtime,
    port,
    session,
    async [Symbol.asyncDispose]() {
      session.destroy();
      await runtime.drain(0);
    },
  };
}

const anna = create(SayHelloRequestSchema, { name: "Анна" });
const annaForAll = create(SayHelloToAllRequestSchema, { name: "Анна" });
const annaForEach = create(SayHelloToEachRequestSchema, { name: "Анна" });

async function greetAnna(session: ClientHttp2Session): Promise<string> {
  const unary = call(session, "SayHello");
  unary.write(SayHelloRequestSchema, anna);
  unary.end();
  return (await unary.read(SayHelloResponseSchema)).greeting;
}

/** The greeter, and how its uploads end for it. */
function watchUploads(): {
  routes: (router: ConnectRouter) => void;
  /** The first request has been read. */
  reading: Promise<void>;
  /** "complete", or the code of the error. */
  outcome: Promise<string>;
} {
  const reading = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<string>();
  async function* watch<T>(requests: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const request of requests) {
      reading.resolve();
      yield request;
    }
  }
  const failed = (error: unknown): never => {
    outcome.resolve(Code[ConnectError.from(error).code] ?? "");
    throw error;
  };
  const watchedRoutes = (router: ConnectRouter): void => {
    router.service(GreeterService, {
      async sayHelloToAll(requests, context) {
        const response = await Promise.resolve(
          greeter.sayHelloToAll(watch(requests), context),
        ).catch(failed);
        outcome.resolve("complete");
        return response;
      },
      async *sayHelloToEach(requests, context) {
        try {
          yield* greeter.sayHelloToEach(watch(requests), context);
        } catch (error) {
          failed(error);
        }
        outcome.resolve("complete");
      },
    });
  };
  return { routes: watchedRoutes, reading: reading.promise, outcome: outcome.promise };
}

for (const method of ["SayHelloToAll", "SayHelloToEach"]) {
  test(`${method}: a silent client gets DEADLINE_EXCEEDED at its deadline, and its stream ends`, async () => {
    await using served = await serve();
    const silent = call(served.session, method, { "grpc-timeout": "20m", "x-request-id": "id" });
    const { trailers, rstCode } = await silent.ended;
    assert.equal(trailers?.["grpc-status"], String(Code.DeadlineExceeded));
    assert.equal(trailers["x-request-id"], "id");
    assert.equal(rstCode, constants.NGHTTP2_NO_ERROR);
  });
}

test("a stream that ends with an error doesn't wait until the client has sent everything", async () => {
  await using served = await serve();
  const each = call(served.session, "SayHelloToEach");
  each.write(SayHelloToEachRequestSchema, create(SayHelloToEachRequestSchema, { name: "" }));
  const { trailers } = await each.ended;
  assert.equal(trailers?.["grpc-status"], String(Code.InvalidArgument));
});

const cancellations = ["cancel", "endAndCancel"] as const;

for (const method of ["SayHelloToAll", "SayHelloToEach"]) {
  for (const cancellation of cancellations) {
    test(`${method}: an upload ends with CANCELED for the service (${cancellation})`, async () => {
      const watched = watchUploads();
      await using served = await serve(watched.routes);
      const upload = call(served.session, method);
      upload.write(SayHelloToAllRequestSchema, annaForAll);
      await watched.reading;
      upload[cancellation]();
      assert.equal(await watched.outcome, "Canceled");
    });
  }
}

test("a lost connection ends its calls for the service", async () => {
  const watched = watchUploads();
  await using served = await serve(watched.routes);
  call(served.session, "SayHelloToEach").write(SayHelloToEachRequestSchema, annaForEach);
  await watched.reading;
  served.session.destroy();
  assert.notEqual(await watched.outcome, "complete");
});

function breakDown(): never {
  throw new Error("a secret");
}

test("a service that throws has its x-request-id in headers and trailers, and hides the reason", async () => {
  await using served = await serve((router) =>
    routes({
      ...router,
      service(service, _, options) {
        router.service(service, { sayHello: breakDown } as object, options);
        return this;
      },
    }),
  );
  const unary = call(served.session, "SayHello", { "x-request-id": "id" });
  unary.write(SayHelloRequestSchema, anna);
  unary.end();
  const headers = await unary.responded;
  const { trailers } = await unary.ended;
  assert.equal(headers["x-request-id"], "id");
  assert.equal(trailers?.["x-request-id"], "id");
  assert.equal(trailers["grpc-status"], String(Code.Internal));
  assert.equal(trailers["grpc-message"], "internal%20error");
});

const broken: readonly (readonly [what: string, bytes: number[], code: Code])[] = [
  ["bytes that are no protobuf", [0, 0, 0, 0, 3, 255, 255, 255], Code.Internal],
  ["half a message", [0, 0, 0, 0, 9, 1], Code.InvalidArgument],
  ["a message of 2 GiB, announced", [0, 127, 255, 255, 255], Code.ResourceExhausted],
  ["no message", [], Code.Unimplemented],
];

for (const [what, bytes, code] of broken) {
  test(`${what} is an error with the call's x-request-id, and the connection goes on`, async () => {
    await using served = await serve();
    const unary = call(served.session, "SayHello", { "x-request-id": "id" });
    unary.writeBytes(Uint8Array.from(bytes));
    unary.end();
    const { trailers } = await unary.ended;
    assert.equal(trailers?.["grpc-status"], String(code));
    assert.equal(trailers["x-request-id"], "id");
    assert.equal(await greetAnna(served.session), "Привет, Анна!");
  });
}

test("a request whose authority makes no URL is answered with 400, and the server lives on", async () => {
  await using served = await serve();
  const odd = call(served.session, "SayHello", { ":authority": "a:b:c" });
  odd.end();
  assert.equal((await odd.responded)[":status"], 400);
  assert.equal(await greetAnna(served.session), "Привет, Анна!");
});

test("an HTTP/1.1 client and one that speaks nonsense are let go, and the server lives on", async () => {
  await using served = await serve();
  const request = get({ host: "127.0.0.1", port: served.port });
  await once(request, "error");
  const nonsense = connect(served.port, "127.0.0.1");
  nonsense.resume().write("nonsense, and more of it than the preface has bytes");
  await once(nonsense, "close");
  assert.equal(await greetAnna(served.session), "Привет, Анна!");
});

test("drain lets an open call end as it would, and refuses connections meanwhile", async () => {
  await using served = await serve();
  const each = call(served.session, "SayHelloToEach");
  each.write(SayHelloToEachRequestSchema, annaForEach);
  await each.read(SayHelloToEachResponseSchema);
  const told = once(served.session, "goaway");
  const drained = served.runtime.drain(60_000);
  assert.deepEqual((await told).slice(0, 2), [constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1]);
  each.write(SayHelloToEachRequestSchema, annaForEach);
  assert.equal((await each.read(SayHelloToEachResponseSchema)).greeting, "Привет, Анна!");
  each.end();
  assert.equal((await each.ended).trailers?.["grpc-status"], "0");
  assert.equal(await drained, 0);
  await assert.rejects(openSession(served.port), /ECONNREFUSED/);
});

test("drain waits for no connection that is idle", async () => {
  await using served = await serve();
  await greetAnna(served.session);
  const closed = once(served.session, "close");
  assert.equal(await served.runtime.drain(60_000), 0);
  await closed;
});

test("calls still open when the grace is over end with UNAVAILABLE, and are counted", async () => {
  await using served = await serve();
  const each = call(served.session, "SayHelloToEach");
  each.write(SayHelloToEachRequestSchema, annaForEach);
  await each.read(SayHelloToEachResponseSchema);
  assert.equal(await served.runtime.drain(10), 1);
  assert.equal((await each.ended).trailers?.["grpc-status"], String(Code.Unavailable));
});

test("a peer that reads nothing doesn't keep the drain beyond its grace", async () => {
  await using served = await serve();
  const silent = connect(served.port, "127.0.0.1");
  silent.on("error", () => {});
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  silent.write(Buffer.concat([Buffer.from(preface), Buffer.from("000000040000000000", "hex")]));
  await greetAnna(served.session);
  assert.equal(await served.runtime.drain(10), 0);
  silent.destroy();
});

test("every call that reaches a draining server is answered", async () => {
  let reached = 0;
  await using served = await serve((router) =>
    router.service(GreeterService, {
      ...greeter,
      sayHello(request, context) {
        reached++;
        return greeter.sayHello(request, context);
      },
    }),
  );
  const { session } = served;
  const goodbye = new AbortController();
  session.once("goaway", () => goodbye.abort());
  let answered = 0;
  const caller = async (): Promise<void> => {
    while (!goodbye.signal.aborted) {
      const unary = call(session, "SayHello");
      unary.write(SayHelloRequestSchema, anna);
      unary.end();
      const { trailers, rstCode } = await unary.ended;
      // The client itself refuses what it hasn't sent when the goodbye arrives.
      if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return;
      assert.equal(trailers?.["grpc-status"], "0");
      answered++;
    }
  };
  // One call stays open, so that the server goes on reading after its goodbye.
  const each = call(session, "SayHelloToEach");
  each.write(SayHelloToEachRequestSchema, annaForEach);
  await each.read(SayHelloToEachResponseSchema);
  const callers = Array.from({ length: 8 }, caller);
  await greetAnna(session);
  const drained = served.runtime.drain(60_000);
  await Promise.all(callers);
  each.end();
  assert.equal(await drained, 0);
  assert.ok(answered >= 8);
  assert.equal(answered + 1, reached);
});
