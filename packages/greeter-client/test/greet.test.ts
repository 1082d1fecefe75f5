import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { greet, greetAll, greetEach, greetInLanguages } from "../src/index.ts";
import { collect } from "./collect.ts";
import { standIn } from "./peers/stand-in.ts";

const transport = createRouterTransport(standIn);

async function* annaAndBoris(): AsyncGenerator<string> {
  yield* ["Анна", "Борис"];
}

suite("the greetings, in memory", () => {
  test("one person is greeted in Russian", async () => {
    assert.equal(await greet(transport, "Мир"), "Привет, Мир!");
  });

  test("one person is greeted in the language asked for", async () => {
    assert.equal(await greet(transport, "Anna", { languageTag: "en" }), "Hello, Anna!");
  });

  test("a greeting comes for each language, in order, with its tag and nothing else", async () => {
    const greetings = await collect(greetInLanguages(transport, "Anna", ["ru", "en"]));
    assert.deepEqual(greetings, [
      { greeting: "Привет, Anna!", languageTag: "ru" },
      { greeting: "Hello, Anna!", languageTag: "en" },
    ]);
  });

  test("everyone is greeted at once, from an array and from a stream", async () => {
    assert.equal(await greetAll(transport, ["Анна", "Борис"]), "Привет, Анна, Борис!");
    assert.equal(await greetAll(transport, annaAndBoris()), "Привет, Анна, Борис!");
  });

  test("each name is greeted", async () => {
    const greetings = await collect(greetEach(transport, ["Анна", "Борис"]));
    assert.deepEqual(greetings, ["Привет, Анна!", "Привет, Борис!"]);
  });

  test("a bad name is INVALID_ARGUMENT, and the field can be read from the error", async () => {
    await assert.rejects(greet(transport, ""), (error) => {
      assert.ok(error instanceof ConnectError);
      assert.equal(error.code, Code.InvalidArgument);
      const [violation] = error.findDetails(BadRequestSchema).flatMap((it) => it.fieldViolations);
      assert.equal(violation?.field, "name");
      return true;
    });
  });

  test("headers go out, and the response's headers and trailers come back, in all four kinds", async () => {
    const seen: string[] = [];
    const echo = createRouterTransport(standIn, {
      router: {
        interceptors: [
          (next) => async (request) => {
            const response = await next(request);
            const id = request.header.get("x-request-id") ?? "";
            response.header.set("x-request-id", id);
            response.trailer.set("x-request-id", id);
            return response;
          },
        ],
      },
    });
    const options = {
      headers: { "x-request-id": "42" },
      onHeader: (headers: Headers) => seen.push(`header ${headers.get("x-request-id")}`),
      onTrailer: (trailers: Headers) => seen.push(`trailer ${trailers.get("x-request-id")}`),
    };
    await greet(echo, "Мир", options);
    await collect(greetInLanguages(echo, "Мир", ["ru"], options));
    await greetAll(echo, ["Мир"], options);
    await collect(greetEach(echo, ["Мир"], options));
    assert.deepEqual(
      seen,
      Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? "header 42" : "trailer 42")),
    );
  });

  test("an aborted signal ends the call with CANCELLED, in all four kinds", async () => {
    const signal = AbortSignal.abort();
    const canceled = { code: Code.Canceled };
    await assert.rejects(greet(transport, "Мир", { signal }), canceled);
    await assert.rejects(collect(greetInLanguages(transport, "Мир", ["ru"], { signal })), canceled);
    await assert.rejects(greetAll(transport, ["Мир"], { signal }), canceled);
    await assert.rejects(collect(greetEach(transport, ["Мир"], { signal })), canceled);
  });

  test("a reader that stops early cancels the call", async () => {
    const cancelled = Promise.withResolvers<void>();
    const endless = createRouterTransport(({ service }) =>
      service(GreeterService, {
        async *sayHelloInLanguages({ name }, { signal }) {
          signal.addEventListener("abort", () => cancelled.resolve());
          while (!signal.aborted) {
            yield { greeting: name, languageTag: "ru" };
          }
        },
      }),
    );
    for await (const { greeting } of greetInLanguages(endless, "Мир", [])) {
      assert.equal(greeting, "Мир");
      break;
    }
    await cancelled.promise;
  });
});
