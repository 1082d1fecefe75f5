import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { SayHelloRequestSchema } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import assert from "node:assert/strict";
import type { ClientHttp2Session } from "node:http2";
import { after, suite, test } from "node:test";
import { Folder } from "../../../rpc-server/test/testkit/folder.ts";
import { failure } from "../outcome.ts";
import { call, openSession } from "../raw-call.ts";
import { portOf, run, runHere } from "../running.ts";
import { TlsClient } from "./tls-client.ts";

const token = "s3cret-T0ken.of~Anna+/==";
const folder = new Folder();
after(() => folder[Symbol.dispose]());

async function connectTo(server: Program): Promise<Disposable & { session: ClientHttp2Session }> {
  const session = await openSession(await portOf(server));
  return { session, [Symbol.dispose]: () => session.destroy() };
}

/** How a call of SayHello ends with such an `authorization`. */
async function statusWith(session: ClientHttp2Session, authorization?: string): Promise<number> {
  const fields = { "x-request-id": "id", ...(authorization !== undefined && { authorization }) };
  const unary = call(session, "SayHello", fields);
  unary.write(SayHelloRequestSchema, create(SayHelloRequestSchema, { name: "Анна" }));
  unary.end();
  const { trailers } = await unary.ended;
  // However it ends, its id comes back.
  assert.equal(trailers?.["x-request-id"], "id");
  return Number(trailers["grpc-status"]);
}

for (const engine of ["privet", "node"]) {
  test(`only who has the token may call, and it shows up in no log (engine ${engine})`, async () => {
    const args = ["--plaintext-token", "on", "--log-level", "trace", "--engine", engine];
    await using server = runHere(args, { PRIVET_TOKEN: token });
    using connection = await connectTo(server);
    const { session } = connection;
    assert.equal(await statusWith(session, `Bearer ${token}`), 0);
    assert.equal(await statusWith(session), Code.Unauthenticated);
    assert.equal(await statusWith(session, `Bearer ${token}x`), Code.Unauthenticated);
    assert.equal(await statusWith(session, token), Code.Unauthenticated);
    session.close();
    server.signal("SIGTERM");
    const { code, stdout, stderr } = await server.result;
    assert.equal(code, 0);
    assert.ok(!`${stdout}${stderr}`.includes("s3cret"));
  });
}

test("every token of a file is good, so that they can be changed one after the other", async () => {
  const file = folder.write("tokens", `\n${token}\r\nanother\n`);
  await using server = runHere(["--plaintext-token", "on", "--token-file", file]);
  using connection = await connectTo(server);
  const { session } = connection;
  assert.equal(await statusWith(session, `Bearer ${token}`), 0);
  assert.equal(await statusWith(session, "Bearer another"), 0);
  assert.equal(await statusWith(session, "Bearer third"), Code.Unauthenticated);
});

test("probes of health need no token, and reflection does", async () => {
  const args = ["--plaintext-token", "on", "--reflection", "on"];
  await using server = runHere(args, { PRIVET_TOKEN: token });
  using connection = await connectTo(server);
  const empty = Uint8Array.from([0, 0, 0, 0, 0]);
  const statusOf = async (path: string): Promise<unknown> => {
    const asked = call(connection.session, "", { ":path": path });
    asked.writeBytes(empty);
    asked.end();
    const { trailers } = await asked.ended;
    return trailers?.["grpc-status"] ?? (await asked.responded)["grpc-status"];
  };
  assert.equal(await statusOf("/grpc.health.v1.Health/Check"), "0");
  assert.equal(
    await statusOf("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"),
    String(Code.Unauthenticated),
  );
});

suite("a token over TLS", { skip: requirement(openssl) }, () => {
  test("needs no further word", async () => {
    using authority = new CertificateAuthority();
    const { key, cert } = authority.issueServer();
    const files = [
      "--tls-cert",
      folder.write("s.pem", cert),
      "--tls-key",
      folder.write("s.key", key),
    ];
    await using server = runHere(files, { PRIVET_TOKEN: token });
    using client = new TlsClient(await portOf(server), { ca: authority.certificate });
    const headers = { authorization: `Bearer ${token}` };
    const { greeting } = await client.greeter.sayHello({ name: "Анна" }, { headers });
    assert.equal(greeting, "Привет, Анна!");
    const error = await failure(client.greeter.sayHello({ name: "Анна" }));
    assert.equal(error.code, Code.Unauthenticated);
    assert.equal(error.metadata.get("www-authenticate"), "Bearer");
  });
});

interface Mistake {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly english: RegExp;
  readonly russian: RegExp;
}

const plaintext = ["--plaintext-token", "on"];
const mistakes: Readonly<Record<string, Mistake>> = {
  "a token without TLS": {
    args: [],
    env: { PRIVET_TOKEN: token },
    english: /PRIVET_TOKEN without TLS .* --plaintext-token on/,
    russian: /PRIVET_TOKEN без TLS/,
  },
  "a file of tokens without TLS": {
    args: ["--token-file", folder.write("given", token)],
    english: /--token-file without TLS/,
    russian: /--token-file без TLS/,
  },
  "a token and a file of tokens": {
    args: [...plaintext, "--token-file", folder.write("given", token)],
    env: { PRIVET_TOKEN: token },
    english: /PRIVET_TOKEN and --token-file are both given/,
    russian: /заданы и PRIVET_TOKEN, и --token-file/,
  },
  "a token that no header can hold": {
    args: plaintext,
    env: { PRIVET_TOKEN: `${token} x` },
    english: /PRIVET_TOKEN is «…», but must be a bearer token/,
    russian: /PRIVET_TOKEN имеет значение «…», а нужно токен/,
  },
  "a file that isn't there": {
    args: plaintext,
    env: { PRIVET_TOKEN_FILE: folder.path("none") },
    english: /PRIVET_TOKEN_FILE can't be used: .*no such file/,
    russian: /PRIVET_TOKEN_FILE не подходит/,
  },
  "a file without tokens": {
    args: [...plaintext, "--token-file", folder.write("empty", "\n\n")],
    english: /--token-file can't be used: there is no token/,
    russian: /--token-file не подходит/,
  },
  "a file with what is no token": {
    args: [...plaintext, "--token-file", folder.write("broken", `${token}\n${token} x\n`)],
    english: /--token-file can't be used: line 2 of .* is no bearer token/,
    russian: /--token-file не подходит/,
  },
  "a token on the command line": {
    args: [...plaintext, "--token", token],
    english: /there is no option --token;/,
    russian: /параметра --token нет/,
  },
};

for (const [what, { args, env = {}, english, russian }] of Object.entries(mistakes)) {
  test(`${what} is a mistake that is explained without showing the token, and exits with 2`, async () => {
    for (const [locale, pattern] of [
      ["C", english],
      ["ru_RU.UTF-8", russian],
    ] as const) {
      await using server = run(args, { LC_ALL: locale, ...env });
      const { code, stdout, stderr } = await server.result;
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, pattern);
      assert.ok(!stderr.includes("s3cret"), stderr);
    }
  });
}
