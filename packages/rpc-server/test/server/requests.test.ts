import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { suite, test } from "node:test";
import { Code, ConnectError, createContextKey, createContextValues } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createServer } from "../../src/index.ts";
import type { RequestView } from "../../src/index.ts";
import { clientAt, greeter, protocols, serve, TestClient } from "../testkit/serving.ts";

for (const engine of ["privet", "node"] as const) {
  suite(`requests on the engine «${engine}»`, () => {
    for (const protocol of protocols) {
      test(`carry the context values that were made of them, over ${protocol}`, async () => {
        const key = createContextKey("");
        const seen: string[] = [];
        const views: RequestView[] = [];
        await using serving = await serve({
          portOptions: { engine },
          contextValues(view) {
            views.push(view);
            return createContextValues().set(key, view.header.get("x-tenant") ?? "none");
          },
          greeter: {
            sayHello(_request, { values }) {
              seen.push(values.get(key));
              return {};
            },
          },
        });
        using client = clientAt(serving.port, protocol);
        await client.greeter.sayHello({ name: "Ada" }, { headers: { "x-tenant": "acme" } });
        assert.deepEqual(seen, ["acme"]);
        const [view] = views;
        assert.equal(view?.method, "POST");
        assert.equal(view.path, "/greeter.v1.GreeterService/SayHello");
        assert.equal(
          view.url,
          `http://127.0.0.1:${serving.port}/greeter.v1.GreeterService/SayHello`,
        );
        assert.match(view.peer.address, /^127\.0\.0\.1:\d+$/);
        assert.equal(view.peer.httpVersion, protocol.endsWith("1.1") ? "1.1" : "2.0");
      });
    }

    for (const protocol of ["Connect", "Connect on HTTP/1.1"] as const) {
      test(`for other paths go to the fallback, over ${protocol}`, async () => {
        await using serving = await serve({
          portOptions: { engine },
          routes: () => {},
          async fallback({ method, path, body, signal }) {
            assert.ok(!signal.aborted);
            let octets = 0;
            for await (const chunk of body) octets += chunk.length;
            const text = JSON.stringify({ greeting: `${method} ${path} ${octets}` });
            return {
              status: 200,
              header: new Headers({ "content-type": "application/json" }),
              body: chunks(text),
            };
          },
        });
        using client = new TestClient(`http://127.0.0.1:${serving.port}`, protocol);
        // Connect's client can't read JSON where it has sent binary, and says what it got.
        await assert.rejects(client.greeter.sayHello({ name: "Ada" }), /application\/json/);
        const response = await fetch(`http://127.0.0.1:${serving.port}/other?x=1`, {
          method: "POST",
          body: "12345",
        });
        assert.deepEqual(await response.json(), { greeting: "POST /other?x=1 5" });
      });
    }

    test("have a prefix where one is asked for", async () => {
      await using serving = await serve({ requestPathPrefix: "/api", portOptions: { engine } });
      for (const protocol of protocols) {
        using right = new TestClient(`http://127.0.0.1:${serving.port}/api`, protocol);
        await right.greeter.sayHello({ name: "Ada" });
        using wrong = clientAt(serving.port, protocol);
        await assert.rejects(
          wrong.greeter.sayHello({ name: "Ada" }),
          (error) => error instanceof ConnectError && error.code === Code.Unimplemented,
        );
      }
    });

    test("with messages of more than 4 MiB are RESOURCE_EXHAUSTED, whatever they speak", async () => {
      await using serving = await serve({ portOptions: { engine } });
      for (const protocol of protocols) {
        using client = clientAt(serving.port, protocol);
        await assert.rejects(
          client.greeter.sayHello({ name: "a".repeat(4 * 1024 * 1024) }),
          (error) => error instanceof ConnectError && error.code === Code.ResourceExhausted,
          protocol,
        );
      }
    });

    test("of HTTP/1.1 that can't be read are answered with 400", async () => {
      await using serving = await serve({ portOptions: { engine } });
      for (const lines of ["GET / HTTP/1.1\r\nbad header\r\n\r\n", "POST /x HTTP/1.1\r\n\r\n"]) {
        assert.match(await talk(serving.port, lines), /^HTTP\/1\.1 40[04]/);
      }
      using client = clientAt(serving.port);
      await client.greeter.sayHello({ name: "Ada" });
    });
  });
}

test("routes are registered once, though several protocols and engines serve them", async () => {
  let registered = 0;
  const server = createServer({
    routes(router) {
      registered++;
      router.service(GreeterService, greeter);
    },
  });
  const ports = [
    await server.addInsecurePort("127.0.0.1:0"),
    await server.addInsecurePort("127.0.0.1:0", { engine: "node" }),
  ];
  await server.start();
  for (const port of ports) {
    for (const protocol of protocols) {
      using client = clientAt(port, protocol);
      await client.greeter.sayHello({ name: "Ada" });
    }
  }
  assert.equal(registered, 1);
  await server.stop();
});

test("what routes throw is thrown by createServer", () => {
  const mistake = new Error("no database");
  assert.throws(
    () =>
      createServer({
        routes() {
          throw mistake;
        },
      }),
    mistake,
  );
});

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** Sends text, and reads to the end. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
      socket.end();
    });
    socket.once("error", reject).once("close", () => resolve(answer));
  });
}
