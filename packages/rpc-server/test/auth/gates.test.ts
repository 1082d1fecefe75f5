import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { Health as HealthService } from "@privet/grpc-wire/grpc/health/v1/health_pb.js";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import type { Certificate } from "@privet/testkit";
import {
  allOf,
  anyOf,
  bearerAuth,
  createHealth,
  except,
  identityKey,
  mutualTlsAuth,
  permit,
  staticTokens,
  tlsCredentials,
} from "../../src/index.ts";
import type { Identity, RequestGate, TlsIdentity } from "../../src/index.ts";
import { clientAt, createGreeterServer, protocols, serve, TestClient } from "../testkit/serving.ts";
import type { Greeter } from "../testkit/serving.ts";

/** Greets who is known by name, and counts. */
function nosy(): { greeter: Greeter; callers: (string | undefined)[] } {
  const callers: (string | undefined)[] = [];
  return {
    callers,
    greeter: {
      sayHello(_request, context) {
        callers.push(context.values.get(identityKey)?.name);
        return {};
      },
    },
  };
}

function rejectsWith(code: Code, message?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.rawMessage, message);
    return true;
  };
}

function errorOf(reason: unknown): ConnectError {
  return ConnectError.from(reason);
}

function onlyOne({ names }: TlsIdentity): Identity | undefined {
  return names.commonName === "one" ? { name: "number one" } : undefined;
}

function bearer(token: string): { headers: HeadersInit } {
  return { headers: { authorization: `Bearer ${token}` } };
}

const tokens = bearerAuth({ verify: staticTokens({ "s3cret-ada": "Ada", "s3cret-bob": "Bob" }) });

suite("a bearer token", () => {
  for (const engine of ["privet", "node"] as const) {
    for (const protocol of protocols) {
      test(`lets its owner in, and nobody else, over ${protocol} on «${engine}»`, async () => {
        const { greeter, callers } = nosy();
        await using serving = await serve({
          greeter,
          requestGate: tokens,
          portOptions: { engine },
        });
        using client = clientAt(serving.port, protocol);
        const call = (headers: Record<string, string>): Promise<unknown> =>
          client.greeter.sayHello({ name: "Ada" }, { headers });
        await call({ authorization: "Bearer s3cret-bob" });
        await call({ authorization: "bearer  s3cret-ada" });
        for (const [headers, reason] of [
          [{}, /a bearer token is needed/],
          [{ authorization: "Basic czNjcmV0" }, /holds no bearer token/],
          [{ authorization: "Bearer" }, /holds no bearer token/],
          [{ authorization: "Bearer s3cret-ada, Bearer s3cret-bob" }, /holds no bearer token/],
          [{ authorization: "Bearer wrong" }, /isn't valid/],
          [{ authorization: "Bearer s3cret-ad" }, /isn't valid/],
        ] as const) {
          await assert.rejects(call(headers), rejectsWith(Code.Unauthenticated, reason));
        }
        assert.deepEqual(callers, ["Bob", "Ada"]);
      });
    }
  }

  test("the refusal says by what scheme to authenticate", async () => {
    await using serving = await serve({ requestGate: tokens });
    using client = clientAt(serving.port);
    for (const [options, challenge] of [
      [{}, "Bearer"],
      [bearer("wrong"), 'Bearer error="invalid_token"'],
    ] as const) {
      const error = await client.greeter.sayHello({ name: "Ada" }, options).catch(errorOf);
      assert.ok(error instanceof ConnectError);
      assert.equal(error.metadata.get("www-authenticate"), challenge);
    }
  });

  test("a function of one's own verifies it, and may take its time or have a reason of its own", async () => {
    const { greeter, callers } = nosy();
    const requestGate = bearerAuth({
      async verify(token, { method }) {
        await Promise.resolve();
        if (token === "later") throw new ConnectError("ask again", Code.Unavailable);
        if (token === "bug") throw new Error("secret");
        return token === "good" ? { name: `${token} for ${method.name}` } : undefined;
      },
    });
    await using serving = await serve({ greeter, requestGate });
    using client = clientAt(serving.port);
    const call = (token: string): Promise<unknown> =>
      client.greeter.sayHello({ name: "Ada" }, bearer(token));
    await call("good");
    await assert.rejects(call("bad"), rejectsWith(Code.Unauthenticated));
    await assert.rejects(call("later"), rejectsWith(Code.Unavailable, /ask again/));
    await assert.rejects(call("bug"), rejectsWith(Code.Internal, /^(?!.*secret)/));
    assert.deepEqual(callers, ["good for SayHello"]);
  });

  test("an empty token is no token", () => {
    assert.throws(() => staticTokens({ "": "everybody" }), TypeError);
  });

  test("a call without one is over before its body is read", async () => {
    let read = 0;
    const greeter: Greeter = {
      async sayHelloToAll(requests) {
        for await (const _ of requests) read++;
        return {};
      },
    };
    await using serving = await serve({ greeter, requestGate: tokens });
    using client = clientAt(serving.port);
    const { promise: never } = Promise.withResolvers<void>();
    async function* endless(): AsyncGenerator<{ name: string }> {
      yield { name: "Ada" };
      await never;
    }
    await assert.rejects(
      client.greeter.sayHelloToAll(endless()),
      rejectsWith(Code.Unauthenticated),
    );
    assert.equal(read, 0);
  });
});

const broken: RequestGate = () => {
  throw new ConnectError("no directory", Code.Unavailable);
};

async function codes(requestGate: RequestGate, ...sent: string[]): Promise<(Code | "ok")[]> {
  await using serving = await serve({ requestGate });
  using client = clientAt(serving.port);
  const results: (Code | "ok")[] = [];
  for (const token of sent) {
    const options = token === "" ? {} : bearer(token);
    const result = await client.greeter.sayHello({ name: "Ada" }, options).catch(errorOf);
    results.push(result instanceof ConnectError ? result.code : "ok");
  }
  return results;
}

suite("gates together", () => {
  const onlyAda = permit(({ name }) => name === "Ada");

  test("who is known and may not call gets PERMISSION_DENIED, who isn't known UNAUTHENTICATED", async () => {
    assert.deepEqual(await codes(allOf(tokens, onlyAda), "s3cret-ada", "s3cret-bob", "x", ""), [
      "ok",
      Code.PermissionDenied,
      Code.Unauthenticated,
      Code.Unauthenticated,
    ]);
    assert.deepEqual(await codes(onlyAda, "s3cret-ada"), [Code.Unauthenticated]);
  });

  test("the refusal names who may not call what", async () => {
    await using serving = await serve({ requestGate: allOf(tokens, onlyAda) });
    using client = clientAt(serving.port);
    await assert.rejects(
      client.greeter.sayHello({ name: "Ada" }, bearer("s3cret-bob")),
      rejectsWith(
        Code.PermissionDenied,
        /^Bob may not call greeter\.v1\.GreeterService\.SayHello$/,
      ),
    );
  });

  test("gates that take their time keep their order", async () => {
    const order: number[] = [];
    const slow =
      (n: number): RequestGate =>
      async () => {
        await Promise.resolve();
        order.push(n);
      };
    const fast =
      (n: number): RequestGate =>
      () =>
        void order.push(n);
    assert.deepEqual(await codes(allOf(fast(1), slow(2), fast(3), slow(4)), ""), ["ok"]);
    assert.deepEqual(order, [1, 2, 3, 4]);
  });

  test("one of several is enough, and the refusal that tells most counts", async () => {
    const others = bearerAuth({ verify: staticTokens({ other: "Olga" }) });
    const gate = anyOf(allOf(tokens, onlyAda), others);
    assert.deepEqual(await codes(gate, "s3cret-ada", "other", "s3cret-bob", "x"), [
      "ok",
      "ok",
      Code.PermissionDenied,
      Code.Unauthenticated,
    ]);
    assert.throws(() => anyOf(), TypeError);
  });

  test("a gate that fails itself is not passed over for the next", async () => {
    assert.deepEqual(await codes(anyOf(broken, tokens), "s3cret-ada"), [Code.Unavailable]);
  });

  test("a service can be left open to everybody", async () => {
    await using serving = await serve({
      requestGate: except([HealthService], tokens),
      health: createHealth(),
    });
    using client = clientAt(serving.port);
    await createClient(HealthService, client.transport).check({});
    await assert.rejects(
      client.greeter.sayHello({ name: "Ada" }),
      rejectsWith(Code.Unauthenticated),
    );
  });
});

suite("a client certificate", { skip: requirement(openssl) }, () => {
  const authority = new CertificateAuthority();
  const own = authority.issueServer();
  after(() => authority[Symbol.dispose]());

  async function callers(
    requestGate: RequestGate,
    ...certificates: (Certificate | undefined)[]
  ): Promise<(string | undefined | Code)[]> {
    const { greeter, callers: names } = nosy();
    const { server } = createGreeterServer({ greeter, requestGate });
    const port = await server.addSecurePort(
      "127.0.0.1:0",
      tlsCredentials({
        privateKey: own.key,
        certificateChain: own.cert,
        rootCertificates: authority.certificate,
        clientCertificates: "optional",
      }),
    );
    await server.start();
    const results: (string | undefined | Code)[] = [];
    for (const certificate of certificates) {
      using client = new TestClient(`https://localhost:${port}`, "gRPC", {
        ca: authority.certificate,
        ...certificate,
      });
      const error = await client.greeter.sayHello({ name: "Ada" }).then(() => undefined, errorOf);
      results.push(error?.code ?? names.at(-1));
    }
    await server.stop();
    return results;
  }

  const workload = authority.issue("one", "DNS:one.example,URI:spiffe://example.org/one");
  const host = authority.issue("two", "DNS:two.example");
  const person = authority.issue("three", "email:three@example.org");

  test("names the caller: by URI, else DNS name, else common name", async () => {
    assert.deepEqual(await callers(mutualTlsAuth(), workload, host, person), [
      "spiffe://example.org/one",
      "two.example",
      "three",
    ]);
  });

  test("is needed: UNAUTHENTICATED without; PERMISSION_DENIED for one that isn't welcome", async () => {
    assert.deepEqual(
      await callers(mutualTlsAuth({ identify: onlyOne }), workload, host, undefined),
      ["number one", Code.PermissionDenied, Code.Unauthenticated],
    );
  });
});
