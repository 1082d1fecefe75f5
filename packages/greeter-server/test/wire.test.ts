import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  SayHelloRequestSchema,
  SayHelloResponseSchema,
  SayHelloToEachRequestSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { suite, test } from "node:test";
import { build } from "../src/index.ts";
import type { GreeterServerOptions } from "../src/index.ts";
import { silent } from "./connection.ts";
import { call, openSession } from "./raw-call.ts";

// What a client sees that no gRPC client shows, on each engine.

interface Served extends AsyncDisposable {
  readonly port: number;
  readonly session: ClientHttp2Session;
}

async function serve(options: Partial<GreeterServerOptions>): Promise<Served> {
  const address = { host: "127.0.0.1", port: 0 };
  const server = build({ address, drainTimeoutMs: 0, logger: silent, ...options });
  const { port } = await server.listen();
  const session = await openSession(port);
  return {
    port,
    session,
    async [Symbol.asyncDispose]() {
      session.destroy();
      await server.drain();
    },
  };
}

const anna = create(SayHelloRequestSchema, { name: "Анна" });

async function greetAnna(session: ClientHttp2Session): Promise<string> {
  const unary = call(session, "SayHello");
  unary.write(SayHelloRequestSchema, anna);
  unary.end();
  return (await unary.read(SayHelloResponseSchema)).greeting;
}

const broken: readonly (readonly [what: string, bytes: number[], code: Code])[] = [
  ["bytes that are no protobuf", [0, 0, 0, 0, 3, 255, 255, 255], Code.Internal],
  ["half a message", [0, 0, 0, 0, 9, 1], Code.InvalidArgument],
  ["a message of 2 GiB, announced", [0, 127, 255, 255, 255], Code.ResourceExhausted],
  ["no message", [], Code.Unimplemented],
];

for (const engine of ["privet", "node"] as const) {
  suite(`engine ${engine}`, () => {
    for (const method of ["SayHelloToAll", "SayHelloToEach"]) {
      test(`${method}: a silent client gets DEADLINE_EXCEEDED at its deadline, and its stream ends`, async () => {
        await using served = await serve({ engine });
        const fields = { "grpc-timeout": "20m", "x-request-id": "id" };
        const { trailers } = await call(served.session, method, fields).ended;
        assert.equal(trailers?.["grpc-status"], String(Code.DeadlineExceeded));
        assert.equal(trailers["x-request-id"], "id");
      });
    }

    test("a stream that ends with an error doesn't wait until the client has sent everything", async () => {
      await using served = await serve({ engine });
      const each = call(served.session, "SayHelloToEach", { "x-request-id": "id" });
      each.write(SayHelloToEachRequestSchema, create(SayHelloToEachRequestSchema, { name: "" }));
      const { trailers, rstCode } = await each.ended;
      assert.equal(trailers?.["grpc-status"], String(Code.InvalidArgument));
      assert.equal(rstCode, constants.NGHTTP2_NO_ERROR);
    });

    test("what goes wrong within has the call's x-request-id, and hides the reason", async () => {
      const interceptors = [
        () => () => {
          throw new Error("a secret");
        },
      ];
      await using served = await serve({ engine, interceptors });
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

    for (const [what, bytes, code] of broken) {
      test(`${what} is an error with the call's x-request-id, and the connection goes on`, async () => {
        await using served = await serve({ engine });
        const unary = call(served.session, "SayHello", { "x-request-id": "id" });
        unary.writeBytes(Uint8Array.from(bytes));
        unary.end();
        const { trailers } = await unary.ended;
        assert.equal(trailers?.["grpc-status"], String(code));
        assert.equal(trailers["x-request-id"], "id");
        assert.equal(await greetAnna(served.session), "Привет, Анна!");
      });
    }

    test("a browser's or curl's JSON over HTTP/1.1 is answered on the same port", async () => {
      await using served = await serve({ engine });
      const url = `http://127.0.0.1:${served.port}/greeter.v1.GreeterService/SayHello`;
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Анна" }),
      });
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { greeting: "Привет, Анна!" });
    });

    test("a client that speaks nonsense is let go, and the server lives on", async () => {
      await using served = await serve({ engine });
      const nonsense = connect(served.port, "127.0.0.1");
      nonsense.on("error", () => {});
      nonsense.resume().write("nonsense, and more of it than the preface has bytes\r\n\r\n");
      await once(nonsense, "close");
      assert.equal(await greetAnna(served.session), "Привет, Анна!");
    });
  });
}
