import assert from "node:assert/strict";
import test from "node:test";
import type { ConnectRouter } from "@connectrpc/connect";
import {
  AnySchema,
  BytesValueSchema,
  StringValueSchema,
  StructSchema,
} from "@bufbuild/protobuf/wkt";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createRouteTable } from "../../src/router/route-table.ts";
import type { RouteTable } from "../../src/router/route-table.ts";
import { holdsBytes } from "../../src/router/holds-bytes.ts";
import { friendly, paths } from "../call/testkit/greeter.ts";

const wrap = {
  gate: () => () => {},
  interceptors: <T>(interceptors: T): T => interceptors,
};

function table(routes: (router: ConnectRouter) => unknown, options = {}, prefix = ""): RouteTable {
  return createRouteTable((router) => void routes(router), options, prefix, wrap);
}

test("a service has a route for each of its methods, implemented or not", () => {
  const routes = table((router) => router.service(GreeterService, { sayHello: () => ({}) }));
  assert.deepEqual([...routes.keys()].toSorted(), Object.values(paths).toSorted());
});

test("a single method can be a route, and calls can be chained", () => {
  const { sayHello, sayHelloToAll } = GreeterService.method;
  const routes = table((router) =>
    router.rpc(sayHello, () => ({})).rpc(sayHelloToAll, async () => ({})),
  );
  assert.deepEqual([...routes.keys()], [paths.unary, paths.client]);
  assert.equal(routes.get(paths.unary)?.universal.method, sayHello);
});

test("an implementation keeps its this", () => {
  class Greeter {
    #greeting = "Hello";
    sayHello(): { greeting: string } {
      return { greeting: this.#greeting };
    }
  }
  const routes = table((router) => router.service(GreeterService, new Greeter()));
  const implementation = routes.get(paths.unary)?.impl as unknown as () => { greeting: string };
  assert.deepEqual(implementation(), { greeting: "Hello" });
});

test("the route that is registered last has the path", () => {
  const { sayHello } = GreeterService.method;
  const routes = table((router) =>
    router.service(GreeterService, friendly).rpc(sayHello, () => ({ greeting: "last" })),
  );
  const implementation = routes.get(paths.unary)?.impl as unknown as () => { greeting: string };
  assert.deepEqual(implementation(), { greeting: "last" });
});

test("options of a service replace the server's key by key", () => {
  const routes = table((router) => router.service(GreeterService, friendly, { readMaxBytes: 10 }), {
    readMaxBytes: 20,
    compressMinBytes: 30,
  });
  assert.equal(routes.get(paths.unary)?.readMaxBytes, 10);
  assert.equal(routes.get(paths.unary)?.compressMinBytes, 30);
});

test("an option that is undefined is our default, not Connect's", () => {
  const readMaxBytes = undefined as unknown as number;
  const routes = table((router) => router.service(GreeterService, friendly, { readMaxBytes }), {
    readMaxBytes: 20,
  });
  assert.equal(routes.get(paths.unary)?.readMaxBytes, 4 * 1024 * 1024);
});

test("limits out of range are refused when the server is made", () => {
  assert.throws(() =>
    table((router) => router.service(GreeterService, friendly), { readMaxBytes: 0 }),
  );
});

test("a message type holds octets if any message within it does", () => {
  assert.equal(holdsBytes(StringValueSchema), false);
  assert.equal(holdsBytes(StructSchema), false, "a type that holds itself comes to an end");
  assert.equal(holdsBytes(BytesValueSchema), true);
  assert.equal(holdsBytes(AnySchema), true);
  assert.equal(holdsBytes(GreeterService.method.sayHello.input), false);
});
