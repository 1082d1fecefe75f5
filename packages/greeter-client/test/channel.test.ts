import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { suite, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Interceptor } from "@connectrpc/connect";
import { start } from "@privet/testkit";
import { insecureChannel } from "@privet/rpc-channel";
import type { Channel } from "@privet/rpc-channel";
import { greet, greetAll, greetEach, greetInLanguages } from "../src/index.ts";
import { collect } from "./collect.ts";
import { deadAddress, listen } from "./peers/port.ts";
import { serve, serveSilence } from "./peers/server.ts";
import { standIn } from "./peers/stand-in.ts";
import { tap } from "./peers/tap.ts";

/** The channel to `address`, closed where the block ends. */
function open(
  address: string,
  minConnectTimeoutMs = 20_000,
): { transport: Channel } & AsyncDisposable {
  const transport = insecureChannel(address, { minConnectTimeoutMs });
  return { transport, [Symbol.asyncDispose]: () => transport.close() };
}

/** A server's stream handler that resets with CANCEL after `ms`, by a clock that no test mocks. */
function cancelAfter(ms: number): (stream: ServerHttp2Stream) => void {
  return (stream) => {
    const end = performance.now() + ms;
    const look = (): void => {
      if (performance.now() < end) setImmediate(look);
      else stream.close(constants.NGHTTP2_CANCEL);
    };
    look();
  };
}

/** Names of which only the first ever comes. */
async function* nameAndSilence(): AsyncGenerator<string> {
  yield "Анна";
  await new Promise(() => {});
}

suite("the greetings, over a channel", () => {
  test("all four kinds of call work over one connection", async () => {
    await using server = await serve(standIn);
    await using session = open(server.address);
    const { transport } = session;
    assert.equal(await greet(transport, "Мир"), "Привет, Мир!");
    const languages = await collect(greetInLanguages(transport, "Anna", ["en", "ru"]));
    assert.equal(languages.length, 2);
    assert.equal(await greetAll(transport, ["Анна", "Борис"]), "Привет, Анна, Борис!");
    const each = await collect(greetEach(transport, ["Анна", "Борис"]));
    assert.deepEqual(each, ["Привет, Анна!", "Привет, Борис!"]);
  });

  test("a name is greeted before the next one exists", async () => {
    await using server = await serve(standIn);
    await using session = open(server.address);
    const next = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    async function* names(): AsyncGenerator<string> {
      for (const { promise } of next) yield await promise;
    }
    const greetings = greetEach(session.transport, names());
    for (const [index, name] of ["Анна", "Борис"].entries()) {
      next[index]?.resolve(name);
      assert.deepEqual(await greetings.next(), { done: false, value: `Привет, ${name}!` });
    }
    assert.deepEqual(await greetings.next(), { done: true, value: undefined });
  });

  test("a deadline ends a call that isn't answered with DEADLINE_EXCEEDED", async () => {
    await using server = await serveSilence();
    await using session = open(server.address);
    const deadline = { code: Code.DeadlineExceeded };
    const options = { timeoutMs: 50 };
    await assert.rejects(greet(session.transport, "Мир", options), deadline);
    await assert.rejects(greetAll(session.transport, ["Мир"], options), deadline);
    const greetings = greetEach(session.transport, nameAndSilence(), options);
    await assert.rejects(greetings.next(), deadline);
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
  });

  test("a server that cancels a call at its deadline, ahead of our own timer, makes it DEADLINE_EXCEEDED", async (t) => {
    // Our timers never fire: only the server's reset can end the call.
    t.mock.timers.enable({ apis: ["setTimeout"] });
    await using server = await serve(() => {}, cancelAfter(30));
    await using session = open(server.address);
    const options = { timeoutMs: 30 };
    await assert.rejects(greet(session.transport, "Мир", options), { code: Code.DeadlineExceeded });
  });

  test("a server that cancels a call before its deadline makes it CANCELLED", async () => {
    await using server = await serve(() => {}, cancelAfter(0));
    await using session = open(server.address);
    const options = { timeoutMs: 60_000 };
    await assert.rejects(greet(session.transport, "Мир", options), { code: Code.Canceled });
  });

  test("the first interceptor is the outermost, and sees what the call ended with", async () => {
    await using server = await serveSilence();
    const seen: string[] = [];
    const spy =
      (name: string): Interceptor =>
      (next) =>
      async (request) => {
        seen.push(name);
        try {
          return await next(request);
        } catch (error) {
          seen.push(`${name}: ${Code[ConnectError.from(error).code]}`);
          throw error;
        }
      };
    const interceptors = [spy("outer"), spy("inner")];
    const transport = insecureChannel(server.address, { interceptors });
    await assert.rejects(greet(transport, "Мир", { timeoutMs: 20 }));
    await transport.close();
    const code = Code[Code.DeadlineExceeded];
    assert.deepEqual(seen, ["outer", "inner", `inner: ${code}`, `outer: ${code}`]);
  });

  test("what is left of the time goes out in whole milliseconds, for grpc-timeout has no fractions", async () => {
    const timeouts: string[] = [];
    await using server = await serve(
      () => {},
      (_, headers) => timeouts.push(String(headers["grpc-timeout"])),
    );
    await using session = open(server.address);
    const options = { timeoutMs: 250.5 };
    await assert.rejects(greet(session.transport, "Мир", options));
    await assert.rejects(greetAll(session.transport, ["Мир"], options));
    assert.equal(timeouts.length, 2);
    for (const timeout of timeouts) {
      assert.match(timeout, /^\d+m$/);
      assert.ok(Number.parseInt(timeout, 10) <= 251, timeout);
    }
  });

  test("a cancelled call reaches the server as RST_STREAM with CANCEL, though the transport closes at once", async () => {
    await using server = await serveSilence();
    const { transport } = open(server.address);
    const controller = new AbortController();
    const call = greet(transport, "Мир", { signal: controller.signal });
    await server.called;
    controller.abort();
    await assert.rejects(call, { code: Code.Canceled });
    await transport.close();
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
    assert.equal(await server.goaway, constants.NGHTTP2_NO_ERROR);
  });

  test("a reader that stops early cancels the call on the wire", async () => {
    await using server = await serve(standIn);
    await using session = open(server.address);
    for await (const greeting of greetEach(session.transport, nameAndSilence())) {
      assert.equal(greeting, "Привет, Анна!");
      break;
    }
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
  });

  test("a cancelled upload is reset, and never ended as a complete one is", async () => {
    await using server = await serve(standIn);
    await using wire = await tap(server.port);
    await using session = open(wire.address);
    const controller = new AbortController();
    const call = greetAll(session.transport, nameAndSilence(), { signal: controller.signal });
    await server.called;
    controller.abort();
    await assert.rejects(call, { code: Code.Canceled });
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
    const [data, rstStream] = [0x00, 0x03];
    const frames = wire.frames().filter(({ streamId }) => streamId === 1);
    const ends = frames.filter(({ type, flags }) => type === data && (flags & 0x01) !== 0);
    assert.deepEqual(ends, []);
    const codes = frames.filter(({ type }) => type === rstStream);
    assert.deepEqual(
      codes.map(({ payload }) => payload.readUInt32BE()),
      [constants.NGHTTP2_CANCEL],
    );
  });

  test("what the names throw is the cause of the error", async () => {
    await using server = await serve(standIn);
    await using session = open(server.address);
    const broken = new Error("the list is gone");
    async function* names(): AsyncGenerator<string> {
      yield "Анна";
      throw broken;
    }
    await assert.rejects(greetAll(session.transport, names()), { cause: broken });
    await assert.rejects(collect(greetEach(session.transport, names())), { cause: broken });
  });

  test("closing refuses calls with CANCELLED, and waits for the one that is open", async () => {
    await using server = await serveSilence();
    const { transport } = open(server.address);
    const controller = new AbortController();
    const call = greet(transport, "Мир", { signal: controller.signal });
    await server.called;
    const closed = transport.close();
    await assert.rejects(greet(transport, "Мир"), { code: Code.Canceled });
    controller.abort();
    await assert.rejects(call, { code: Code.Canceled });
    await closed;
    assert.equal(transport.state, "SHUTDOWN");
  });

  test("after a lost connection the next call makes a new one", async () => {
    await using server = await serve(standIn);
    await using session = open(server.address);
    const greetings = greetEach(session.transport, nameAndSilence());
    await greetings.next();
    server.cut();
    await assert.rejects(greetings.next(), unavailable(/^the connection was lost/));
    assert.equal(await greet(session.transport, "Мир"), "Привет, Мир!");
  });

  test("the process ends by itself when the channel is closed", async () => {
    await using server = await serve(standIn);
    const library = new URL("../src/index.ts", import.meta.url);
    const source = `
      import { insecureChannel } from ${JSON.stringify(import.meta.resolve("@privet/rpc-channel"))};
      import { greet } from ${JSON.stringify(library.href)};
      const transport = insecureChannel(${JSON.stringify(server.address)});
      console.log(await greet(transport, "Мир", { timeoutMs: 10_000 }));
      await transport.close();`;
    const args = ["-C", "@privet/source", "--input-type=module", "-e", source];
    await using program = start(process.execPath, args, { timeoutMs: 30_000 });
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "Привет, Мир!\n", stderr: "" });
  });
});

/** Is it UNAVAILABLE, and does it say so? */
function unavailable(message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.code, Code.Unavailable);
    assert.match(error.rawMessage, message);
    return true;
  };
}

async function assertUnavailable(address: string, message: RegExp): Promise<void> {
  await using session = open(address);
  const options = { timeoutMs: 10_000 };
  await assert.rejects(greet(session.transport, "Мир", options), unavailable(message));
  const greetings = greetEach(session.transport, nameAndSilence(), options);
  await assert.rejects(greetings.next(), unavailable(message));
}

suite("a server that isn't there, or is something else", () => {
  test("a dead port is UNAVAILABLE", async () => {
    await assertUnavailable(
      await deadAddress(),
      /^no connection: 1 address, last error ECONNREFUSED /,
    );
  });

  test("a name that doesn't exist is UNAVAILABLE", async () => {
    await assertUnavailable(
      "no-such-host.invalid:50051",
      /^name resolution failed: no-such-host.invalid: (?:ENOTFOUND|EAI_AGAIN)/,
    );
  });

  test("an HTTP/1.1 server is UNAVAILABLE", async () => {
    await using port = await listen(createHttpServer((_, response) => response.end("hello")));
    await assertUnavailable(port.address, /^no connection: 1 address, /);
  });

  test("a TLS server is UNAVAILABLE", async () => {
    const server = createTlsServer({});
    server.on("tlsClientError", () => {});
    await using port = await listen(server);
    await assertUnavailable(port.address, /^no connection: 1 address, /);
  });

  test("a server that hangs up at once is UNAVAILABLE", async () => {
    await using port = await listen(createTcpServer((socket) => socket.destroy()));
    await assertUnavailable(port.address, /^no connection: 1 address, /);
  });

  test("an HTTP/2 server that hangs up on the call is UNAVAILABLE", async () => {
    await using server = await serve(
      () => {},
      (stream) => stream.session?.destroy(),
    );
    await assertUnavailable(server.address, /^(?:the connection was lost|http\/2 stream closed)/);
  });

  test("RST_STREAM with NO_ERROR before an answer doesn't leave the call open", async () => {
    await using server = await serve(
      () => {},
      (stream) => stream.close(constants.NGHTTP2_NO_ERROR),
    );
    await assertUnavailable(server.address, /^(?:the connection was lost|http\/2 stream closed)/);
  });

  test("RST_STREAM with CANCEL is CANCELLED", async () => {
    await using server = await serve(
      () => {},
      (stream) => stream.close(constants.NGHTTP2_CANCEL),
    );
    await using session = open(server.address);
    await assert.rejects(greet(session.transport, "Мир"), { code: Code.Canceled });
  });

  test("an HTTP/2 server without gRPC is UNIMPLEMENTED", async () => {
    await using server = await serve(
      () => {},
      (stream) => stream.respond({ ":status": 404 }, { endStream: true }),
    );
    await using session = open(server.address);
    await assert.rejects(greet(session.transport, "Мир"), { code: Code.Unimplemented });
  });

  test(
    "a host that answers no packet is UNAVAILABLE after the time to connect",
    {
      skip: process.platform === "linux" ? false : "needs Linux: a full queue drops connections",
    },
    async () => {
      // A process that listens and never accepts: its queue holds two connections.
      const source = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
      require("node:fs").writeSync(1, String(this.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    })`;
      const child = spawn(process.execPath, ["-e", source], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const [printed] = (await once(child.stdout, "data")) as [Buffer];
        const port = Number(printed.toString());
        const waiting = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
        for (const socket of waiting) socket.on("error", () => {});
        await Promise.all(waiting.map((socket) => once(socket, "connect")));
        await using session = open(`127.0.0.1:${port}`, 200);
        const greetings = greetEach(session.transport, nameAndSilence());
        await assert.rejects(greetings.next(), unavailable(/no connection within \d+ ms/));
        for (const socket of waiting) socket.destroy();
      } finally {
        child.kill("SIGKILL");
        await once(child, "close");
      }
    },
  );

  test("a text that is no address is a TypeError", () => {
    assert.throws(() => insecureChannel("::1:50051x"), TypeError);
  });
});
