import type { CallOptions } from "@connectrpc/connect";
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connections } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { all, failure } from "./outcome.ts";

type Call = (client: Connection["client"], name: string, options: CallOptions) => Promise<unknown>;

const kinds: Readonly<Record<string, Call>> = {
  unary: (client, name, options) => client.sayHello({ name }, options),
  "server streaming": (client, name, options) =>
    all(client.sayHelloInLanguages({ name, languageTags: ["ru", "en"] }, options)),
  "client streaming": (client, name, options) => client.sayHelloToAll(once(name), options),
  bidirectional: (client, name, options) => all(client.sayHelloToEach(once(name), options)),
};

async function* once(name: string): AsyncGenerator<{ name: string }> {
  yield { name };
}

interface Seen {
  header?: string | null;
  trailer?: string | null;
}

function watching(seen: Seen, id?: string): CallOptions {
  return {
    ...(id !== undefined && { headers: { "x-request-id": id } }),
    onHeader: (header) => {
      seen.header = header.get("x-request-id");
    },
    onTrailer: (trailer) => {
      seen.trailer = trailer.get("x-request-id");
    },
  };
}

for (const { name: way, open } of connections) {
  suite(`x-request-id, ${way}`, () => {
    for (const [kind, call] of Object.entries(kinds)) {
      test(`a ${kind} call that succeeds has it in headers and trailers`, async () => {
        await using connection = await open();
        const seen: Seen = {};
        await call(connection.client, "Анна", watching(seen, "id-1"));
        assert.deepEqual(seen, { header: "id-1", trailer: "id-1" });
      });

      test(`a ${kind} call that fails has it in headers and trailers`, async () => {
        await using connection = await open();
        const { metadata } = await failure(call(connection.client, "", watching({}, "id-2")));
        // The client's metadata is headers and trailers together.
        assert.equal(metadata.get("x-request-id"), "id-2, id-2");
      });
    }

    test("a call without it gets none", async () => {
      await using connection = await open();
      const seen: Seen = {};
      await connection.client.sayHello({ name: "Анна" }, watching(seen));
      assert.deepEqual(seen, { header: null, trailer: null });
    });

    test("one that no response may hold is left out, and the call goes on", async () => {
      await using connection = await open();
      const seen: Seen = {};
      await connection.client.sayHello({ name: "Анна" }, watching(seen, "caf\u00E9"));
      assert.deepEqual(seen, { header: null, trailer: null });
    });

    test("one of 10,000 characters comes back whole", async () => {
      await using connection = await open();
      const seen: Seen = {};
      const id = "a".repeat(10_000);
      await connection.client.sayHello({ name: "Анна" }, watching(seen, id));
      assert.deepEqual(seen, { header: id, trailer: id });
    });
  });
}
