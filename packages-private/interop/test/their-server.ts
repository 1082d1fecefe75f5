import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { CallOptions } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { greet, greetAll, greetEach, greetInLanguages } from "@privet/greeter-client";
import { insecureChannel } from "@privet/rpc-channel";
import type { Channel } from "@privet/rpc-channel";
import type { Program } from "@privet/testkit";
import { startServer, startServerOn } from "./peer.ts";
import type { Peer } from "./peer.ts";
import { names } from "./unicode.ts";

type Call<Result> = (to: Channel, options: CallOptions) => Promise<Result>;

const timeoutMs = 20_000;

/** A call of each kind that succeeds. */
const successes: Readonly<Record<string, Call<void>>> = {
  "greet: one greeting": async (to, options) => {
    assert.equal(await greet(to, "Анна", { ...options, languageTag: "en" }), "Hello, Анна!");
  },
  "greetInLanguages: a greeting in each language, in order": async (to, options) => {
    const languages = ["ja", "ru", "en"];
    assert.deepEqual(await collect(greetInLanguages(to, "Мир", languages, options)), [
      { greeting: "こんにちは、Мирさん！", languageTag: "ja" },
      { greeting: "Привет, Мир!", languageTag: "ru" },
      { greeting: "Hello, Мир!", languageTag: "en" },
    ]);
  },
  "greetAll: one greeting for everyone": async (to, options) => {
    const everyone = ["Анна", "Борис", "Вера"];
    assert.equal(await greetAll(to, everyone, options), "Привет, Анна, Борис и Вера!");
  },
  "greetEach: each name, as it was written": async (to, options) => {
    assert.deepEqual(
      await collect(greetEach(to, Object.values(names), options)),
      Object.values(names).map((name) => `Привет, ${name}!`),
    );
  },
};

/** A call that is refused, and how. */
interface Refused {
  readonly code: keyof typeof Code;
  /** What the google.rpc.BadRequest names. */
  readonly fields: readonly string[];
  readonly call: Call<unknown>;
}

const failures: Readonly<Record<string, Refused>> = {
  "greet without a name": {
    code: "InvalidArgument",
    fields: ["name"],
    call: (to, options) => greet(to, " ", options),
  },
  "greet in a language that is not known": {
    code: "InvalidArgument",
    fields: ["language_tag"],
    call: (to, options) => greet(to, "Мир", { ...options, languageTag: "xx" }),
  },
  "greetInLanguages with a language that is not known": {
    code: "InvalidArgument",
    fields: ["language_tags[1]"],
    call: (to, options) => collect(greetInLanguages(to, "Мир", ["ru", "xx"], options)),
  },
  "greetInLanguages in 101 languages": {
    code: "InvalidArgument",
    fields: ["language_tags"],
    call: (to, options) => collect(greetInLanguages(to, "Мир", Array(101).fill("ru"), options)),
  },
  "greetAll with a control character": {
    code: "InvalidArgument",
    fields: ["name"],
    call: (to, options) => greetAll(to, ["Анна", "\u0007"], options),
  },
  "greetAll without anyone": {
    code: "InvalidArgument",
    fields: ["name"],
    call: (to, options) => greetAll(to, [], options),
  },
  "greetAll with 1,001 names": {
    code: "ResourceExhausted",
    fields: [],
    call: (to, options) => greetAll(to, Array(1_001).fill("Анна"), options),
  },
  "greetEach with a name of 101 characters": {
    code: "InvalidArgument",
    fields: ["name"],
    call: (to, options) => collect(greetEach(to, ["Анна", "e\u0301".repeat(101)], options)),
  },
};

/** Tests our client with `peer`'s server; `skip` says why it can't be. */
export function testTheirServer(name: string, peer: () => Peer, skip: string | false): void {
  const suite = `our client with ${name}, the server`;
  if (skip !== false) {
    test(suite, { skip });
    return;
  }
  describe(suite, () => {
    let server: Program & { readonly address: string };
    let transport: Channel;
    before(async () => {
      server = await startServer(peer());
      transport = insecureChannel(server.address);
    });
    after(async () => {
      await transport?.close();
      await server?.[Symbol.asyncDispose]();
    });

    for (const [title, call] of Object.entries(successes)) {
      test(`${title}; the request id comes back in headers and trailers`, async () => {
        const seen: Record<string, string | null> = {};
        await call(transport, {
          timeoutMs,
          headers: { "x-request-id": "from-us" },
          onHeader: (headers) => (seen["headers"] = headers.get("x-request-id")),
          onTrailer: (trailers) => (seen["trailers"] = trailers.get("x-request-id")),
        });
        assert.deepEqual(seen, { headers: "from-us", trailers: "from-us" });
      });
    }

    for (const [title, { code, fields, call }] of Object.entries(failures)) {
      test(`${title} is ${code}; the request id comes back all the same`, async () => {
        const options = { timeoutMs, headers: { "x-request-id": "from-us" } };
        const error = await rejection(call(transport, options));
        assert.equal(Code[error.code], code, error.message);
        assert.deepEqual(
          error
            .findDetails(BadRequestSchema)
            .flatMap(({ fieldViolations }) => fieldViolations.map(({ field }) => field)),
          fields,
        );
        // Headers and trailers, joined: Connect keeps both in the metadata of an error.
        assert.equal(error.metadata.get("x-request-id"), "from-us, from-us");
      });
    }

    test("a second server on the port says that it is in use", async () => {
      const port = server.address.split(":").at(-1) ?? "";
      await using second = startServerOn(peer(), port);
      const { code, stderr } = await second.result;
      assert.equal(code, 1);
      assert.match(stderr, /address already in use/i);
      assert.doesNotMatch(stderr, /Traceback|panic/);
    });

    testOpenStream(peer);
  });
}

function testOpenStream(peer: () => Peer): void {
  test("a name is greeted while the stream is open; abort cancels, and the handler ends", async () => {
    await using server = await startServer(peer());
    await using stream = openStream(server.address, {});
    await stream.greet("Анна");
    await stream.greet("Борис");
    stream.cancel();
    assert.equal(Code[(await rejection(stream.next())).code], "Canceled");
    await server.waitFor(/SayHelloToEach ended/, "stderr");
  });

  test("an open stream ends at the deadline, on both sides", async () => {
    await using server = await startServer(peer());
    await using stream = openStream(server.address, { timeoutMs: 1_000 });
    await stream.greet("Анна");
    assert.equal(Code[(await rejection(stream.next())).code], "DeadlineExceeded");
    await server.waitFor(/SayHelloToEach ended/, "stderr");
  });
}

/** A call of SayHelloToEach to which names are sent one by one. */
interface OpenStream extends AsyncDisposable {
  /** Sends a name, and checks the greeting that comes while the stream is open. */
  greet(name: string): Promise<void>;
  /** The next greeting. */
  next(): Promise<unknown>;
  cancel(): void;
}

function openStream(address: string, options: CallOptions): OpenStream {
  const transport = insecureChannel(address);
  const controller = new AbortController();
  const sent = new TransformStream<string, string>();
  const writer = sent.writable.getWriter();
  const call = { ...options, signal: controller.signal };
  const greetings = greetEach(transport, sent.readable, call);
  return {
    async greet(name) {
      const greeting = greetings.next();
      await writer.write(name);
      assert.deepEqual(await greeting, { done: false, value: `Привет, ${name}!` });
    },
    next: () => greetings.next(),
    cancel: () => controller.abort(),
    async [Symbol.asyncDispose]() {
      controller.abort();
      await transport.close();
    },
  };
}

async function rejection(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ConnectError, String(error));
    return error;
  }
  return assert.fail("the call succeeded");
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
