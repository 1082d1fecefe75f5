import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ServerObserver } from "../../src/index.ts";
import { clientAt, protocols, serve } from "../testkit/serving.ts";

for (const engine of ["privet", "node"] as const) {
  suite(`an observer on the engine «${engine}»`, () => {
    for (const protocol of protocols) {
      test(`is told of connections, and how calls begin and end, over ${protocol}`, async () => {
        const events: string[] = [];
        const observer: ServerObserver = {
          connectionOpened: ({ httpVersion }) => void events.push(`open ${httpVersion}`),
          connectionClosed: () => void events.push("close"),
          callStarted(call) {
            const name = call.header("x-name");
            events.push(`start ${call.protocol} ${call.method?.name} ${name}`);
            return {
              ended: (error) =>
                void events.push(`end ${error === undefined ? "ok" : Code[error.code]}`),
            };
          },
        };
        const serving = await serve({
          observer,
          portOptions: { engine },
          requestGate({ requestHeader }) {
            if (requestHeader.get("x-name") !== "gate") return;
            throw new ConnectError("closed", Code.Unauthenticated);
          },
          greeter: {
            sayHello({ name }) {
              if (name === "error") throw new ConnectError("no", Code.ResourceExhausted);
              return {};
            },
          },
        });
        const client = clientAt(serving.port, protocol);
        for (const name of ["fine", "error", "gate"]) {
          const headers = { "x-name": name };
          await client.greeter.sayHello({ name }, { headers }).catch(() => {});
        }
        client[Symbol.dispose]();
        await serving.server.stop();
        const spoken = protocol.startsWith("Connect")
          ? "connect"
          : protocol.startsWith("gRPC-Web")
            ? "grpc-web"
            : "grpc";
        assert.deepEqual(
          events.filter((event) => !/^(?:open|close)/.test(event)),
          [
            `start ${spoken} SayHello fine`,
            "end ok",
            `start ${spoken} SayHello error`,
            "end ResourceExhausted",
            `start ${spoken} SayHello gate`,
            "end Unauthenticated",
          ],
        );
        const opened = events.filter((event) => event.startsWith("open"));
        assert.ok(opened.length > 0);
        assert.deepEqual(
          new Set(opened),
          new Set([protocol.endsWith("1.1") ? "open 1.1" : "open 2.0"]),
        );
        assert.equal(events.filter((event) => event === "close").length, opened.length);
      });
    }
  });
}
