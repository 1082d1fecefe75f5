import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Code } from "@connectrpc/connect";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import { insecureChannel, secureChannel, tlsCredentials } from "../../src/index.ts";
import type { Channel } from "../../src/index.ts";
import { greeterClient, named } from "../channel/support/greeter.ts";
import { failureOf } from "../channel/support/scripted-server.ts";
import type { Peer, RunningPeer } from "./peer.ts";
import { connectNode } from "./servers/connect-node.ts";
import { grpcGo } from "./servers/grpc-go.ts";
import { grpcJs } from "./servers/grpc-js.ts";
import { grpcio } from "./servers/grpcio.ts";
import { privet } from "./servers/privet.ts";

// grpc-java's server is called by `pnpm conformance interop`.
const peers: readonly Peer[] = [privet, connectNode, grpcJs, grpcGo, grpcio];

const needsOpenssl = requirement(openssl);
const timeoutMs = 20_000;
const large = "x".repeat(1_000_000);

for (const peer of peers) {
  const skip = needsOpenssl === false ? peer.skip : needsOpenssl;
  if (skip === false) describe(`our channel with ${peer.name}`, () => testPeer(peer));
  else test(`our channel with ${peer.name}`, { skip });
}

function testPeer(peer: Peer): void {
  let authority: CertificateAuthority;
  let running: RunningPeer;
  before(async () => {
    authority = new CertificateAuthority();
    running = await peer.start(authority.issue("localhost", "DNS:localhost,IP:127.0.0.1"));
  });
  after(async () => {
    await running?.[Symbol.asyncDispose]();
    authority?.[Symbol.dispose]();
  });

  testCalls("without TLS", () => insecureChannel(`127.0.0.1:${running.plain}`));
  testCalls("with TLS", () => {
    const credentials = tlsCredentials({ rootCertificates: authority.certificate });
    return secureChannel(`127.0.0.1:${running.tls}`, credentials);
  });
}

function testCalls(title: string, open: () => Channel): void {
  test(`${title}: one request, one response`, async () => {
    await using channel = open();
    const { greeting } = await greeterClient(channel).sayHello({ name: "Анна" }, { timeoutMs });
    assert.equal(greeting, "hello Анна");
  });

  test(`${title}: a megabyte there and back`, async () => {
    await using channel = open();
    const { greeting } = await greeterClient(channel).sayHello({ name: large }, { timeoutMs });
    assert.equal(greeting, `hello ${large}`);
  });

  test(`${title}: a refusal has its code and its message`, async () => {
    await using channel = open();
    const error = await failureOf(greeterClient(channel).sayHello({ name: "" }, { timeoutMs }));
    assert.equal(Code[error.code], "InvalidArgument");
    assert.equal(error.rawMessage, "кто?");
  });

  test(`${title}: a stream of responses`, async () => {
    await using channel = open();
    const request = { name: "Анна", languageTags: ["ru", "en", "ja"] };
    const tags: string[] = [];
    const responses = greeterClient(channel).sayHelloInLanguages(request, { timeoutMs });
    for await (const { greeting, languageTag } of responses) {
      assert.equal(greeting, "hello Анна");
      tags.push(languageTag);
    }
    assert.deepEqual(tags, request.languageTags);
  });

  test(`${title}: a stream of requests`, async () => {
    await using channel = open();
    const requests = named("Анна", "Борис", "Вера");
    const { greeting } = await greeterClient(channel).sayHelloToAll(requests, { timeoutMs });
    assert.equal(greeting, "hello Анна, Борис, Вера");
  });

  test(`${title}: a conversation, in which each answer comes before the next question`, async () => {
    await using channel = open();
    const names = ["Анна", "Борис", "Вера"];
    let answered = Promise.withResolvers<void>();
    async function* questions(): AsyncGenerator<{ name: string }> {
      for (const name of names) {
        yield { name };
        await answered.promise;
        answered = Promise.withResolvers();
      }
    }
    const greetings: string[] = [];
    const responses = greeterClient(channel).sayHelloToEach(questions(), { timeoutMs });
    for await (const { greeting } of responses) {
      greetings.push(greeting);
      answered.resolve();
    }
    assert.deepEqual(
      greetings,
      names.map((name) => `hello ${name}`),
    );
  });

  test(`${title}: a call that is cancelled takes no other with it`, async () => {
    await using channel = open();
    const client = greeterClient(channel);
    const abort = new AbortController();
    const options = { timeoutMs, signal: abort.signal };
    const call = client.sayHelloToEach(andThenNothing("Анна"), options);
    const responses = call[Symbol.asyncIterator]();
    assert.equal((await responses.next()).value?.greeting, "hello Анна");
    abort.abort();
    const error = await failureOf(responses.next());
    assert.equal(Code[error.code], "Canceled");
    assert.equal((await client.sayHello({ name: "Борис" })).greeting, "hello Борис");
  });
}

/** A stream of requests that stays open after its first one. */
async function* andThenNothing(name: string): AsyncGenerator<{ name: string }> {
  yield { name };
  await new Promise<never>(() => {});
}
