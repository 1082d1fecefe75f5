import assert from "node:assert/strict";
import { request as requestHttp1 } from "node:http";
import { connect } from "node:http2";
import { suite, test } from "node:test";
import { serve } from "../testkit/serving.ts";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Send = (
  port: number,
  method: string,
  headers: Record<string, string>,
  path?: string,
  body?: string,
) => Promise<Answer>;

const sayHello = "/greeter.v1.GreeterService/SayHello";

const overHttp1: Send = (port, method, headers, path = sayHello, body = "") =>
  new Promise((resolve, reject) => {
    const request = requestHttp1({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.once("error", reject).end(body);
  });

const overHttp2: Send = (port, method, headers, path = sayHello, body = "") =>
  new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`).once("error", reject);
    const request = session.request({ ...headers, ":method": method, ":path": path });
    let answered = {} as Record<string, string>;
    let text = "";
    request.once("response", (received) => (answered = received as typeof answered));
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.once("end", () => {
      session.close();
      resolve({ status: Number(answered[":status"]), headers: answered, body: text });
    });
    request.once("error", reject).end(body);
  });

const preflight = {
  origin: "https://app.example",
  "access-control-request-method": "POST",
  "access-control-request-headers": "content-type,authorization",
};

for (const [name, engine, send] of [
  ["HTTP/1.1", "privet", overHttp1],
  ["HTTP/2", "privet", overHttp2],
  ["HTTP/1.1 with Node's engine", "node", overHttp1],
  ["HTTP/2 with Node's engine", "node", overHttp2],
] as const) {
  suite(`a browser over ${name}`, () => {
    const options = {
      cors: { origins: ["https://app.example"], allowedHeaders: ["authorization"] },
      portOptions: { engine },
    };

    test("gets an answer to its preflight, before any gate", async () => {
      await using serving = await serve({
        ...options,
        requestGate() {
          throw new Error("a preflight has no credentials");
        },
      });
      const { status, headers } = await send(serving.port, "OPTIONS", preflight);
      assert.equal(status, 204);
      assert.equal(headers["access-control-allow-origin"], "https://app.example");
      assert.equal(headers["access-control-allow-methods"], "POST, GET");
      assert.match(String(headers["access-control-allow-headers"]), /authorization/);
      assert.equal(headers["access-control-max-age"], "7200");
    });

    test("may read the response to its call", async () => {
      await using serving = await serve(options);
      const { status, headers, body } = await send(
        serving.port,
        "POST",
        { origin: "https://app.example", "content-type": "application/json" },
        sayHello,
        '{"name":"Ada"}',
      );
      assert.equal(status, 200);
      assert.deepEqual(JSON.parse(body), { greeting: "hello Ada" });
      assert.equal(headers["access-control-allow-origin"], "https://app.example");
      assert.match(String(headers["access-control-expose-headers"]), /grpc-status/i);
      assert.equal(headers["vary"], "origin");
    });

    test("may read an error too, and that there is no such method", async () => {
      await using serving = await serve(options);
      const origin = "https://app.example";
      const json = { origin, "content-type": "application/json" };
      const bad = await send(serving.port, "POST", json, sayHello, '{"name":1}');
      const missing = await send(serving.port, "POST", json, "/no.Such/Method", "{}");
      assert.deepEqual([bad.status, missing.status], [400, 404]);
      for (const { headers } of [bad, missing]) {
        assert.equal(headers["access-control-allow-origin"], origin);
      }
    });

    test("of another origin gets no permission", async () => {
      await using serving = await serve(options);
      for (const method of ["OPTIONS", "POST"]) {
        const { headers } = await send(serving.port, method, {
          ...preflight,
          origin: "https://evil.example",
          "content-type": "application/json",
        });
        assert.equal(headers["access-control-allow-origin"], undefined);
      }
    });

    test("gets no permission where none was asked for", async () => {
      await using serving = await serve({ portOptions: { engine } });
      const { status, headers } = await send(serving.port, "OPTIONS", preflight);
      assert.equal(status, 405);
      assert.equal(headers["access-control-allow-origin"], undefined);
    });
  });
}
