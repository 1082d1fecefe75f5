import assert from "node:assert/strict";
import test from "node:test";
import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextKey, createContextValues } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { friendly, greetings, kinds, named, paths, routes } from "./testkit/greeter.ts";
import type { Kind } from "./testkit/greeter.ts";
import { Pair } from "./testkit/pair.ts";
import type { ClientCall } from "./testkit/pair.ts";

function call(
  kind: Kind,
  interceptors: Interceptor[],
  fields: readonly string[] = [],
  greeter = friendly,
): Promise<ClientCall> {
  const pair = new Pair({ interceptors, routes: routes(greeter) });
  return pair.open(paths[kind], fields).send(named("Anna")).end().ended;
}

/** Sets a header and a trailer of the response that it gets. */
const setsFields: Interceptor = (next) => async (request) => {
  const response = await next(request);
  response.header.set("x-head", "1");
  response.trailer.set("x-trail", "2");
  return response;
};

/** Answers with headers and trailers of its own. */
const replacesFields: Interceptor = (next) => async (request) => ({
  ...(await next(request)),
  header: new Headers({ "x-head": "1" }),
  trailer: new Headers({ "x-trail": "2" }),
});

const throws: Interceptor = () => () => {
  throw new ConnectError("no", Code.PermissionDenied);
};

const rejects: Interceptor = () => () =>
  Promise.reject(new ConnectError("no", Code.PermissionDenied));

/** Replaces the messages of both directions. */
const shouts: Interceptor = (next) => async (request) => {
  const changed = { ...request.message, name: "Boris" };
  const response = await next({ ...request, message: changed } as never);
  return { ...response, message: { ...response.message, greeting: "HELLO, BORIS!" } } as never;
};

const retries: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch {
    return next(request);
  }
};

/** Makes another error of what a stream of messages ends with. */
const translates: Interceptor = (next) => async (request) => {
  const response = await next(request);
  return { ...response, message: translated(response.message as AsyncIterable<Message>) } as never;
};

async function* translated(messages: AsyncIterable<Message>): AsyncGenerator<Message> {
  try {
    yield* messages;
  } catch {
    throw new ConnectError("translated", Code.Aborted);
  }
}

for (const kind of kinds) {
  test(`interceptors of a ${kind} call see its request and its response, the first outermost`, async () => {
    const seen: string[] = [];
    const note =
      (name: string): Interceptor =>
      (next) =>
      async (request) => {
        seen.push(`${name} > ${request.method.name} ${String(request.stream)}`);
        const response = await next(request);
        seen.push(`${name} < ${String(response.stream)}`);
        return response;
      };
    const response = await call(kind, [note("one"), note("two")]);
    assert.equal(response.status, "0");
    assert.equal(greetings(response)[0], "Hello, Anna!");
    const name = paths[kind].split("/").at(-1);
    const stream = String(kind !== "unary");
    assert.deepEqual(seen, [
      `one > ${name} ${stream}`,
      `two > ${name} ${stream}`,
      `two < ${stream}`,
      `one < ${stream}`,
    ]);
  });

  test(`an interceptor of a ${kind} call may set headers and trailers of the response`, async () => {
    const response = await call(kind, [setsFields]);
    assert.equal(response.field("x-head"), "1");
    assert.equal(response.trailer("x-trail"), "2");
    assert.equal(response.status, "0");
  });

  test(`an interceptor of a ${kind} call may answer with headers of its own`, async () => {
    const response = await call(kind, [replacesFields]);
    assert.equal(response.field("content-type"), "application/grpc+proto");
    assert.equal(response.field("x-head"), "1");
    assert.equal(response.trailer("x-trail"), "2");
    assert.equal(response.status, "0");
  });

  test(`an interceptor that throws fails a ${kind} call`, async () => {
    const response = await call(kind, [throws]);
    assert.equal(response.status, "7");
    assert.equal((await call(kind, [rejects])).status, "7");
  });

  test(`what an interceptor puts into a ${kind} request reaches the implementation`, async () => {
    const key = createContextKey("none");
    const controller = new AbortController();
    const replace: Interceptor = (next) => (request) =>
      next({
        ...request,
        header: new Headers({ "x-new": "yes" }),
        signal: controller.signal,
        contextValues: createContextValues().set(key, "mine"),
      });
    let seen: unknown;
    const response = await call(kind, [replace], [], {
      sayHello(_request, context) {
        seen = [context.requestHeader.get("x-new"), context.signal, context.values.get(key)];
        return {};
      },
      async *sayHelloInLanguages(_request, context) {
        seen = [context.requestHeader.get("x-new"), context.signal, context.values.get(key)];
        yield {};
      },
      async sayHelloToAll(_requests, context) {
        seen = [context.requestHeader.get("x-new"), context.signal, context.values.get(key)];
        return {};
      },
      async *sayHelloToEach(_requests, context) {
        seen = [context.requestHeader.get("x-new"), context.signal, context.values.get(key)];
        yield {};
      },
    });
    assert.equal(response.status, "0");
    assert.deepEqual(seen, ["yes", controller.signal, "mine"]);
  });
}

test("a request and a response have the keys that Connect gives them", async () => {
  let keys: string[][] = [];
  const look: Interceptor = (next) => async (request) => {
    const response = await next(request);
    keys = [Object.keys(request).toSorted(), Object.keys(response).toSorted()];
    assert.deepEqual(Object.keys({ ...request }).toSorted(), keys[0]);
    assert.equal(request.service, GreeterService);
    assert.equal(request.requestMethod, "POST");
    assert.equal(request.url, `http://test.local${paths.unary}`);
    assert.equal(request.header.get("x-one"), "1");
    return response;
  };
  const response = await call("unary", [look], ["x-one", "1"]);
  assert.equal(response.status, "0");
  assert.deepEqual(keys, [
    [
      "contextValues",
      "header",
      "message",
      "method",
      "requestMethod",
      "service",
      "signal",
      "stream",
      "url",
    ],
    ["header", "message", "method", "service", "stream", "trailer"],
  ]);
});

test("interceptors are applied anew at each call", async () => {
  let applied = 0;
  const count: Interceptor = (next) => {
    applied++;
    return next;
  };
  const pair = new Pair({ interceptors: [count], routes: routes(friendly) });
  for (let i = 0; i < 3; i++) await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.equal(applied, 3);
});

test("an interceptor may replace the messages of both directions", async () => {
  let name: string | undefined;
  const response = await call("unary", [shouts], [], {
    sayHello(request) {
      ({ name } = request);
      return { greeting: "quiet" };
    },
  });
  assert.equal(name, "Boris");
  assert.deepEqual(greetings(response), ["HELLO, BORIS!"]);
});

test("an interceptor that retries calls the implementation again", async () => {
  let calls = 0;
  const response = await call("unary", [retries], [], {
    sayHello() {
      if (++calls === 1) throw new ConnectError("again", Code.Unavailable);
      return { greeting: "second" };
    },
  });
  assert.deepEqual(greetings(response), ["second"]);
});

test("an interceptor that wraps the response's stream sees its error, and may change it", async () => {
  const response = await call("server", [translates], [], {
    async *sayHelloInLanguages() {
      yield { greeting: "one" };
      throw new Error("secret");
    },
  });
  assert.deepEqual(greetings(response), ["one"]);
  assert.equal(response.status, "10");
  assert.equal(response.message, "translated");
});

test("interceptors of a service replace those of the server", async () => {
  const names: string[] = [];
  const note =
    (name: string): Interceptor =>
    (next) => {
      names.push(name);
      return next;
    };
  const pair = new Pair({
    interceptors: [note("server")],
    routes: (router) => {
      router.service(GreeterService, friendly, { interceptors: [note("service")] });
    },
  });
  await pair.open(paths.unary).send(named("Anna")).end().ended;
  assert.deepEqual(names, ["service"]);
});
