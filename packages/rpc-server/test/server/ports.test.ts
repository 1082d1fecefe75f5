import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { clientAt, createGreeterServer, protocols, serve, TestClient } from "../testkit/serving.ts";

for (const engine of ["privet", "node"] as const) {
  suite(`a port on the engine «${engine}»`, () => {
    for (const protocol of protocols) {
      test(`serves ${protocol}`, async () => {
        await using serving = await serve({ portOptions: { engine } });
        using client = clientAt(serving.port, protocol);
        assert.equal((await client.greeter.sayHello({ name: "Ada" })).greeting, "hello Ada");
        const tags = [];
        const languageTags = ["en", "ru"];
        for await (const response of client.greeter.sayHelloInLanguages({ languageTags })) {
          tags.push(response.languageTag);
        }
        assert.deepEqual(tags, languageTags);
      });
    }

    test("its number is what the system has chosen, and a server can have several", async () => {
      await using serving = await serve();
      const second = await serving.server.addInsecurePort("127.0.0.1:0", { engine });
      assert.ok(second > 0);
      assert.notEqual(second, serving.port);
      for (const port of [serving.port, second]) {
        using client = clientAt(port);
        await client.greeter.sayHello({ name: "Ada" });
      }
    });

    test("a number in use is an error with the system's code", async () => {
      await using serving = await serve();
      await assert.rejects(
        serving.server.addInsecurePort(`127.0.0.1:${serving.port}`, { engine }),
        { code: "EADDRINUSE" },
      );
    });

    test("a unix socket is listened at, whoever left its file behind", async () => {
      const folder = mkdtempSync(join(tmpdir(), "privet-port-"));
      const path = join(folder, "greeter.sock");
      try {
        await leaveSocket(path);
        await using serving = await serve();
        assert.equal(await serving.server.addInsecurePort(`unix:${path}`, { engine }), 0);
        using client = new TestClient("http://localhost", "gRPC", {
          createConnection: () => connect(path),
        });
        await client.greeter.sayHello({ name: "Ada" });
        await assert.rejects(serving.server.addInsecurePort(`unix:${path}`, { engine }), {
          code: "EADDRINUSE",
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("a file that is no socket is left alone", async () => {
      const folder = mkdtempSync(join(tmpdir(), "privet-port-"));
      const path = join(folder, "letter.txt");
      try {
        writeFileSync(path, "dear Ada");
        await using serving = await serve();
        await assert.rejects(serving.server.addInsecurePort(`unix:${path}`, { engine }), {
          code: "EADDRINUSE",
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    test("before the server is started, calls are refused as UNAVAILABLE; then they are served", async () => {
      const { server } = createGreeterServer();
      const port = await server.addInsecurePort("127.0.0.1:0", { engine });
      for (const protocol of ["gRPC", "Connect on HTTP/1.1"] as const) {
        using client = clientAt(port, protocol);
        await assert.rejects(client.greeter.sayHello({ name: "Ada" }), ConnectError);
      }
      await server.start();
      using client = clientAt(port);
      await client.greeter.sayHello({ name: "Ada" });
      await server.stop();
    });
  });
}

test("what is no address is a TypeError, and nothing is opened", async () => {
  const { server } = createGreeterServer();
  await assert.rejects(server.addInsecurePort("nowhere"), TypeError);
  await server.stop();
});

test("once the server stops, it takes no more ports", async () => {
  const { server } = createGreeterServer();
  await server.stop();
  await assert.rejects(server.addInsecurePort("127.0.0.1:0"), /has been stopped/);
  await assert.rejects(server.start(), /has been stopped/);
  assert.throws(() => server.addInMemoryPort(), /has been stopped/);
});

test("more connections than a port may have are closed as they are accepted", async () => {
  await using serving = await serve({ maxConnections: 1 });
  using first = clientAt(serving.port);
  await first.greeter.sayHello({ name: "Ada" });
  using second = clientAt(serving.port);
  await assert.rejects(second.greeter.sayHello({ name: "Ada" }), ConnectError);
  await first.greeter.sayHello({ name: "Ada" });
});

for (const [protocol, engine] of [
  ["gRPC", "privet"],
  ["Connect on HTTP/1.1", "privet"],
  ["gRPC", "node"],
] as const) {
  test(`calls beyond maxConcurrentCalls are refused, over ${protocol} on «${engine}»`, async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const { promise: busy, resolve: begun } = Promise.withResolvers<void>();
    await using serving = await serve({
      maxConcurrentCalls: 1,
      portOptions: { engine },
      greeter: {
        async sayHello() {
          begun();
          await release;
          return {};
        },
      },
    });
    using holder = clientAt(serving.port);
    const held = holder.greeter.sayHello({ name: "Ada" });
    await busy;
    using client = clientAt(serving.port, protocol);
    // Connect's adapter can't be made to answer in gRPC's own words: status 429 it is there.
    const code = engine === "node" ? Code.Unavailable : Code.ResourceExhausted;
    await assert.rejects(
      client.greeter.sayHello({ name: "Ada" }),
      (error) => error instanceof ConnectError && error.code === code,
    );
    resolve();
    await held;
    await client.greeter.sayHello({ name: "Ada" });
  });
}

/** Leaves the file of a socket at which nobody listens any more, as a killed process does. */
async function leaveSocket(path: string): Promise<void> {
  const aside = `${path}.aside`;
  const { renameSync } = await import("node:fs");
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  renameSync(path, aside);
  await new Promise((resolve) => server.close(resolve));
  renameSync(aside, path);
}
