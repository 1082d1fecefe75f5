import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createHandlerContext } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import {
  GreeterService,
  SayHelloInLanguagesRequestSchema,
  SayHelloToAllRequestSchema,
  SayHelloToEachRequestSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import type { SayHelloToAllRequest } from "@privet/contracts/greeter/v1/greeter_pb.js";
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { greeter } from "../src/index.ts";
import { all, failure } from "./outcome.ts";

interface Ending {
  readonly timeoutMs?: number;
  readonly requestSignal?: AbortSignal;
}

/** The context of a call, as any runtime gives it. */
function contextOf(ending: Ending): HandlerContext {
  return createHandlerContext({
    service: GreeterService,
    method: GreeterService.method.sayHelloToEach,
    protocolName: "grpc",
    requestMethod: "POST",
    url: "http://localhost/",
    ...ending,
  });
}

/** Names as long as anyone asks for them. */
async function* endless(onRead: () => void = () => {}): AsyncGenerator<SayHelloToAllRequest> {
  for (;;) {
    onRead();
    yield create(SayHelloToAllRequestSchema, { name: "Анна" });
  }
}

/** A client that says nothing, and doesn't hang up either. */
function mute(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
}

const cancelled = new ConnectError("the client cancelled", Code.Canceled);

test("a greeting is made only when somebody takes it, from a name that is read only then", async () => {
  let read = 0;
  const requests = endless(() => read++);
  const greetings = greeter.sayHelloToEach(
    (async function* () {
      for await (const { name } of requests) yield create(SayHelloToEachRequestSchema, { name });
    })(),
    contextOf({}),
  );
  const iterator = greetings[Symbol.asyncIterator]();
  for (let taken = 1; taken <= 3; taken++) {
    await iterator.next();
    assert.equal(read, taken);
  }
});

test("greetings in many languages stop between two of them when the call is cancelled", async () => {
  const controller = new AbortController();
  const request = create(SayHelloInLanguagesRequestSchema, {
    name: "Анна",
    languageTags: ["ru", "en", "ja"],
  });
  const greetings = greeter.sayHelloInLanguages(
    request,
    contextOf({ requestSignal: controller.signal }),
  );
  const received: (string | undefined)[] = [];
  const call = (async () => {
    for await (const { greeting } of greetings) {
      received.push(greeting);
      controller.abort(cancelled);
    }
  })();
  assert.equal((await failure(call)).code, Code.Canceled);
  assert.deepEqual(received, ["Привет, Анна!"]);
});

const endings: readonly (readonly [what: string, code: Code, ending: () => Ending])[] = [
  [
    "is cancelled",
    Code.Canceled,
    () => {
      const controller = new AbortController();
      setImmediate(() => controller.abort(cancelled));
      return { requestSignal: controller.signal };
    },
  ],
  ["was cancelled before it began", Code.Canceled, () => ({ requestSignal: AbortSignal.abort() })],
  ["passes its deadline", Code.DeadlineExceeded, () => ({ timeoutMs: 5 })],
];

for (const [what, code, ending] of endings) {
  test(`waiting for the next name to greet ends when the call ${what}`, async () => {
    const greetings = greeter.sayHelloToEach(mute(), contextOf(ending()));
    assert.equal((await failure(all(greetings))).code, code);
  });

  test(`waiting for the next name of all ends when the call ${what}`, async () => {
    const answer = Promise.resolve(greeter.sayHelloToAll(mute(), contextOf(ending())));
    assert.equal((await failure(answer)).code, code);
  });
}

test("an upload that ends because its call was cancelled is not answered", async () => {
  const controller = new AbortController();
  async function* cutOff(): AsyncGenerator<SayHelloToAllRequest> {
    yield create(SayHelloToAllRequestSchema, { name: "Анна" });
    controller.abort(cancelled);
  }
  const context = contextOf({ requestSignal: controller.signal });
  const answer = Promise.resolve(greeter.sayHelloToAll(cutOff(), context));
  assert.equal((await failure(answer)).code, Code.Canceled);
});

test("a long stream leaves no listeners behind on its signal", async () => {
  const context = contextOf({});
  const listening = (): number => getEventListeners(context.signal, "abort").length;
  const before = listening();
  await greeter.sayHelloToAll(
    (async function* () {
      for (let sent = 0; sent < 100; sent++) {
        yield create(SayHelloToAllRequestSchema, { name: "Анна" });
      }
    })(),
    context,
  );
  assert.equal(listening(), before);
});
