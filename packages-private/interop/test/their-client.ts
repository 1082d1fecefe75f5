import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Program } from "@privet/testkit";
import { startGreeter, startWatchedGreeter } from "./our-server.ts";
import { resultOf, startCall } from "./peer.ts";
import type { Peer, PeerCall } from "./peer.ts";
import { names } from "./unicode.ts";

interface Case {
  readonly title: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly responses: readonly unknown[];
}

const successes: readonly Case[] = [
  {
    title: "SayHello greets in the language asked for",
    args: ["hello", "Анна", "ja"],
    responses: [{ greeting: "こんにちは、Аннаさん！" }],
  },
  {
    title: "SayHelloInLanguages greets in each language, in order",
    args: ["languages", "Мир", "ru", "en", "ja"],
    responses: [
      { greeting: "Привет, Мир!", languageTag: "ru" },
      { greeting: "Hello, Мир!", languageTag: "en" },
      { greeting: "こんにちは、Мирさん！", languageTag: "ja" },
    ],
  },
  {
    title: "SayHelloToAll greets everyone at once",
    args: ["all", "Анна", "Борис", "Вера"],
    responses: [{ greeting: "Привет, Анна, Борис и Вера!" }],
  },
  {
    title: "SayHelloToEach greets each of the names",
    args: ["each"],
    input: "Анна\nБорис\n",
    responses: [{ greeting: "Привет, Анна!" }, { greeting: "Привет, Борис!" }],
  },
  {
    title: "SayHelloToEach keeps every character of a name",
    args: ["each"],
    input: Object.values(names).join("\n"),
    responses: Object.values(names).map((name) => ({ greeting: `Привет, ${name}!` })),
  },
];

const failures: readonly (Case & { readonly field: string })[] = [
  {
    title: "SayHello without a name names the field",
    args: ["hello", " "],
    responses: [],
    field: "name",
  },
  {
    title: "SayHelloInLanguages names the language that is not known, and greets nobody",
    args: ["languages", "Мир", "ru", "xx"],
    responses: [],
    field: "language_tags[1]",
  },
  {
    title: "SayHelloToAll names the field of a bad name",
    args: ["all", "Анна", "\u0007"],
    responses: [],
    field: "name",
  },
  {
    title: "SayHelloToEach greets the names before the bad one",
    args: ["each"],
    input: "Анна\n\u0007\n",
    responses: [{ greeting: "Привет, Анна!" }],
    field: "name",
  },
];

/** Tests `peer`'s client with our server; `skip` says why it can't be. */
export function testTheirClient(name: string, peer: () => Peer, skip: string | false): void {
  const suite = `${name}, the client, with our server`;
  if (skip !== false) {
    test(suite, { skip });
    return;
  }
  describe(suite, () => {
    let server: Program & { readonly address: string };
    before(async () => {
      server = await startGreeter();
    });
    after(() => server?.[Symbol.asyncDispose]());

    const call = (given: Case): PeerCall => ({
      address: server.address,
      requestId: `to-us-${given.args[0]}`,
      args: given.args,
      // A stream of names that is open for ever has no place here.
      input: given.input ?? "",
    });

    for (const success of successes) {
      test(`${success.title}; the request id comes back in headers and trailers`, async () => {
        const made = call(success);
        await using program = startCall(peer(), made);
        assert.deepEqual(await resultOf(program), {
          exitCode: 0,
          responses: success.responses,
          outcome: {
            code: "OK",
            message: "",
            violations: [],
            requestId: { headers: made.requestId, trailers: made.requestId },
          },
        });
      });
    }

    for (const failure of failures) {
      test(`${failure.title}; the request id comes back all the same`, async () => {
        const made = call(failure);
        await using program = startCall(peer(), made);
        const { exitCode, responses, outcome } = await resultOf(program);
        assert.equal(exitCode, 1);
        assert.deepEqual(responses, failure.responses);
        assert.equal(outcome.code, "INVALID_ARGUMENT");
        assert.deepEqual(
          outcome.violations.map((violation) => violation.field),
          [failure.field],
        );
        assert.notEqual(outcome.violations[0]?.description, "");
        const { headers, trailers } = outcome.requestId;
        assert.equal(trailers, made.requestId);
        if (peer().forgetsHeaders !== true || headers !== null) {
          assert.equal(headers, made.requestId);
        }
      });
    }

    testOpenStream(peer);
  });
}

function testOpenStream(peer: () => Peer): void {
  test("a name is greeted while the stream is open; Ctrl-C cancels, and the handler ends", async () => {
    await using greeter = await startWatchedGreeter();
    const { address } = greeter;
    await using program = startCall(peer(), { address, requestId: "cancel", args: ["each"] });
    program.write("Анна\n");
    await program.waitFor(/Привет, Анна!/);
    program.write("Борис\n");
    await program.waitFor(/Привет, Борис!/);
    program.signal("SIGINT");
    assert.equal((await resultOf(program)).outcome.code, "CANCELLED");
    assert.equal(ConnectError.from(await greeter.handlerEnded).code, Code.Canceled);
  });

  test("an open stream ends at the deadline, on both sides", async () => {
    await using greeter = await startWatchedGreeter();
    const { address } = greeter;
    const call: PeerCall = { address, requestId: "deadline", args: ["each"], timeoutMs: 500 };
    await using program = startCall(peer(), call);
    program.write("Анна\n");
    const { exitCode, responses, outcome } = await resultOf(program);
    assert.deepEqual(responses, [{ greeting: "Привет, Анна!" }]);
    assert.equal(outcome.code, "DEADLINE_EXCEEDED");
    assert.equal(exitCode, 1);
    // The server's own clock and the client's RST_STREAM arrive at the same time.
    const { code } = ConnectError.from(await greeter.handlerEnded);
    assert.ok(code === Code.DeadlineExceeded || code === Code.Canceled, Code[code]);
  });
}
