import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { Code, createContextValues } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { createServer, tlsCredentials as serverCredentials } from "@privet/rpc-server";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import {
  bearerToken,
  callCredentials,
  createInMemoryChannel,
  insecureChannel,
  secureChannel,
  tlsCredentials,
  tlsCredentialsFromFiles,
  waitForReady,
} from "../../src/index.ts";
import { greeterClient, type RunningServer, startGreeter } from "./support/greeter.ts";
import { failureOf } from "./support/scripted-server.ts";

const skip = requirement(openssl);

interface SecureServer extends AsyncDisposable {
  readonly port: number;
}

async function startSecure(
  authority: CertificateAuthority,
  { mutual = false, names = "DNS:localhost,IP:127.0.0.1" } = {},
): Promise<SecureServer> {
  const { key, cert } = authority.issue("server", names);
  const server = createServer({
    routes: (router) =>
      router.service(GreeterService, { sayHello: () => ({ greeting: "secret" }) }),
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  const port = await server.addSecurePort(
    "127.0.0.1:0",
    serverCredentials({
      privateKey: key,
      certificateChain: cert,
      ...(mutual && { rootCertificates: authority.certificate }),
    }),
  );
  await server.start();
  return { port, [Symbol.asyncDispose]: () => server.stop() };
}

test("TLS: the server proves its name, or its address", { skip }, async () => {
  using authority = new CertificateAuthority();
  await using server = await startSecure(authority);
  const credentials = tlsCredentials({ rootCertificates: authority.certificate });
  for (const target of [`localhost:${server.port}`, `https://127.0.0.1:${server.port}`]) {
    await using channel = secureChannel(target, credentials);
    assert.equal((await greeterClient(channel).sayHello({ name: "A" })).greeting, "secret");
  }
});

test("TLS: a server of another authority isn't called", { skip }, async () => {
  using authority = new CertificateAuthority();
  await using server = await startSecure(authority);
  await using channel = secureChannel(`localhost:${server.port}`, tlsCredentials());
  const error = await failureOf(greeterClient(channel).sayHello({ name: "A" }));
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /last error 127\.0\.0\.1:\d+: .*certificate/);
});

test("TLS: a server under another name is called by its name", { skip }, async () => {
  using authority = new CertificateAuthority();
  await using server = await startSecure(authority, { names: "DNS:greeter.example" });
  const rootCertificates = authority.certificate;
  const target = `127.0.0.1:${server.port}`;
  await using wrong = secureChannel(target, tlsCredentials({ rootCertificates }));
  assert.equal((await failureOf(greeterClient(wrong).sayHello({}))).code, Code.Unavailable);
  const named = tlsCredentials({ rootCertificates, serverName: "greeter.example" });
  await using right = secureChannel(target, named);
  assert.equal((await greeterClient(right).sayHello({ name: "A" })).greeting, "secret");
});

test("mutual TLS, by files: a certificate that comes later is used then", { skip }, async () => {
  using authority = new CertificateAuthority();
  await using server = await startSecure(authority, { mutual: true });
  const folder = await mkdtemp(join(tmpdir(), "privet-channel-"));
  try {
    const file = (name: string): string => join(folder, name);
    const other = new CertificateAuthority("somebody else");
    const stranger = other.issue("client", "DNS:client");
    other[Symbol.dispose]();
    await writeFile(file("ca.pem"), authority.certificate);
    await writeFile(file("key.pem"), stranger.key);
    await writeFile(file("cert.pem"), stranger.cert);
    const credentials = tlsCredentialsFromFiles({
      rootCertificatesFile: file("ca.pem"),
      privateKeyFile: file("key.pem"),
      certificateChainFile: file("cert.pem"),
    });
    const backoff = { initialMs: 10, maxMs: 10 };
    await using channel = secureChannel(`localhost:${server.port}`, credentials, { backoff });
    const client = greeterClient(channel);
    assert.equal((await failureOf(client.sayHello({ name: "A" }))).code, Code.Unavailable);
    const known = authority.issue("client", "DNS:client");
    await writeFile(file("key.pem"), known.key);
    await writeFile(file("cert.pem"), known.cert);
    const contextValues = createContextValues().set(waitForReady, true);
    const { greeting } = await client.sayHello({ name: "A" }, { contextValues });
    assert.equal(greeting, "secret");
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Greets by the authorization that came. */
function startStrict(): Promise<RunningServer> {
  return startGreeter({
    sayHello: (_, { requestHeader }) => ({ greeting: requestHeader.get("authorization") ?? "" }),
  });
}

test("a token goes with every call; one that expires is fetched anew, and once", async () => {
  await using greeter = await startStrict();
  let fetched = 0;
  const token = bearerToken(
    async () => ({ token: `t${++fetched}`, expiresAt: Date.now() + (fetched === 1 ? 0 : 60_000) }),
    { refreshBeforeMs: 0 },
  );
  await using channel = createInMemoryChannel(greeter.server, { callCredentials: token });
  const client = greeterClient(channel);
  assert.equal((await client.sayHello({ name: "A" })).greeting, "Bearer t1");
  const calls = await Promise.all([1, 2, 3].map(() => client.sayHello({ name: "A" })));
  assert.deepEqual(
    calls.map(({ greeting }) => greeting),
    ["Bearer t2", "Bearer t2", "Bearer t2"],
  );
  assert.equal(fetched, 2);
});

test("credentials of one call go with that one", async () => {
  await using greeter = await startStrict();
  for (const protocol of ["grpc", "connect"] as const) {
    await using channel = createInMemoryChannel(greeter.server, { protocol });
    const client = greeterClient(channel);
    const contextValues = createContextValues().set(callCredentials, bearerToken("own"));
    assert.equal((await client.sayHello({ name: "A" }, { contextValues })).greeting, "Bearer own");
    assert.equal((await client.sayHello({ name: "A" })).greeting, "");
  }
});

test("a token that can't be had fails the call with UNAUTHENTICATED, and why", async () => {
  await using greeter = await startStrict();
  const token = bearerToken(() => Promise.reject(new Error("the vault is sealed")));
  await using channel = insecureChannel(greeter.target, {
    callCredentials: token,
    sendCredentialsUnencrypted: true,
  });
  const error = await failureOf(greeterClient(channel).sayHello({ name: "A" }));
  assert.equal(error.code, Code.Unauthenticated);
  assert.match(error.rawMessage, /no call credentials: the vault is sealed/);
});

test("a deadline ends the wait for a token, and says so", async () => {
  await using greeter = await startStrict();
  const token = bearerToken(() => new Promise(() => {}));
  await using channel = createInMemoryChannel(greeter.server, { callCredentials: token });
  const error = await failureOf(greeterClient(channel).sayHello({}, { timeoutMs: 30 }));
  assert.match(error.rawMessage, /^deadline passed after \d+ ms while fetching call credentials/);
});

test("credentials aren't sent without TLS, unless that was asked for by name", async () => {
  await using greeter = await startStrict();
  const token = bearerToken("secret");
  assert.throws(() => insecureChannel(greeter.target, { callCredentials: token }), /without TLS/);
  const contextValues = createContextValues().set(callCredentials, token);
  await using plain = insecureChannel(greeter.target);
  const refused = await failureOf(greeterClient(plain).sayHello({}, { contextValues }));
  assert.equal(refused.code, Code.Unauthenticated);
  await using asked = insecureChannel(greeter.target, { sendCredentialsUnencrypted: true });
  const { greeting } = await greeterClient(asked).sayHello({ name: "A" }, { contextValues });
  assert.equal(greeting, "Bearer secret");
});

test("a server whose TLS knows no HTTP/2: UNAVAILABLE, which says so", { skip }, async () => {
  using authority = new CertificateAuthority();
  const old = createTlsServer(authority.issue("server", "DNS:localhost,IP:127.0.0.1"));
  await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
  const { port } = old.address() as AddressInfo;
  const credentials = tlsCredentials({ rootCertificates: authority.certificate });
  await using channel = secureChannel(`localhost:${port}`, credentials);
  const error = await failureOf(greeterClient(channel).sayHello({}));
  assert.equal(error.code, Code.Unavailable);
  assert.match(error.rawMessage, /the server's ALPN chose nothing, not h2/);
  await new Promise((resolve) => old.close(resolve));
});
