import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../testkit/serving.ts";
import { start } from "@privet/testkit";

const program = `
  import { createHealth, createServer } from "@privet/rpc-server";
  const server = createServer({ routes: () => {}, health: createHealth() });
  await server.addInsecurePort("127.0.0.1:0");
  await server.start();
  console.log(process.moduleLoadList.join(" "));
  await server.stop();
`;

test("a server starts without what few need: Node's HTTP client and its HTTP/2", async () => {
  await using child = start(
    process.execPath,
    ["-C", "@privet/source", "--input-type=module", "-e", program],
    { cwd: import.meta.dirname },
  );
  const { code, stdout, stderr } = await child.result;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /NativeModule net /);
  assert.doesNotMatch(stdout, /undici|NativeModule http2 /);
});

test("requests that come before Connect's adapter is loaded are answered when it is", async () => {
  await using serving = await serve();
  const answers = await Promise.all(
    ["Ada", "Bo", "Cy"].map(async (name) => {
      const response = await fetch(
        `http://127.0.0.1:${serving.port}/greeter.v1.GreeterService/SayHello`,
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ name }),
        },
      );
      return response.json();
    }),
  );
  assert.deepEqual(
    answers,
    ["Ada", "Bo", "Cy"].map((name) => ({ greeting: `hello ${name}` })),
  );
});
