import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import type { Interceptor } from "@connectrpc/connect";
import { deadAddress } from "../peers/port.ts";
import { privet, privetHere } from "../peers/privet.ts";
import { startRpcServer } from "../peers/rpc-server.ts";
import { serve } from "../peers/server.ts";
import { standIn } from "../peers/stand-in.ts";

const greeting = "Ответ сервера: Привет, Мир!\n";
const greeted = { code: 0, stdout: greeting, stderr: "" };

suite("the address is any target of gRPC's", () => {
  test("names, lists of addresses and URLs lead to the server", async () => {
    await using server = await startRpcServer();
    const { port } = server;
    const targets = [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `dns:localhost:${port}`,
      `dns:///localhost:${port}`,
      `ipv4:127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `HTTP://127.0.0.1:${port}/`,
    ];
    for (const target of targets) {
      assert.deepEqual(await privetHere(["--address", target]), greeted, target);
    }
  });

  const skip = process.platform === "win32" ? "needs unix sockets" : false;
  test("so does the path of a socket, in the process of its own", { skip }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "privet-client-"));
    try {
      const address = `unix:${join(folder, "greeter.sock")}`;
      await using server = await startRpcServer({ address });
      await using program = privet(["--address", server.address]);
      const { code, stdout, stderr } = await program.result;
      assert.deepEqual({ code, stdout, stderr }, greeted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the first address of a list that can be connected to is called", async () => {
    await using server = await startRpcServer();
    const target = `ipv4:${await deadAddress()},${server.address}`;
    assert.deepEqual(await privetHere(["--address", target]), greeted);
  });
});

/** Two servers of one target, and how often each of them is called by `calls` calls. */
async function shares(args: readonly string[]): Promise<number[]> {
  const counts = [0, 0];
  const counting =
    (index: number): Interceptor =>
    (next) =>
    (request) => {
      counts[index] = (counts[index] ?? 0) + 1;
      return next(request);
    };
  await using first = await startRpcServer({ interceptors: [counting(0)] });
  await using second = await startRpcServer({ interceptors: [counting(1)] });
  const target = `ipv4:${first.address},${second.address}`;
  assert.deepEqual(await privetHere(["--address", target, ...args]), greeted);
  return counts;
}

suite("--balancer", () => {
  test("pick_first, the default, calls the first server", async () => {
    assert.deepEqual(await shares([]), [1, 0]);
    assert.deepEqual(await shares(["--balancer", "pick_first"]), [1, 0]);
  });

  for (const balancer of ["round_robin", "least_request"]) {
    test(`${balancer} connects to both, and calls one`, async () => {
      const [first = 0, second = 0] = await shares(["--balancer", balancer]);
      assert.equal(first + second, 1);
    });
  }
});

suite("--retry", () => {
  test("a server that isn't there yet is called when it is", async () => {
    const address = await deadAddress();
    const args = ["--address", address, "--retry", "9", "--timeout", "1m", "--watch"];
    await using program = privet(args);
    await program.waitFor(/TRANSIENT_FAILURE\n/, "stderr");
    await using _server = await startRpcServer({ address });
    const { code, stdout } = await program.result;
    assert.deepEqual({ code, stdout }, { code: 0, stdout: greeting });
  });

  test("a call that stays without a server tells how often it was tried", async () => {
    const address = await deadAddress();
    const args = ["--address", address, "--retry", "2"];
    const end = await privetHere(args, { LC_ALL: "C" });
    assert.equal(end.code, 4);
    assert.match(end.stderr, /^privet: no server is running at .+ \(2 attempts\)\n$/);
  });
});

suite("--watch", () => {
  const time = String.raw`\d\d:\d\d:\d\d\.\d{3}`;

  test("the states go to standard error with their times, and greetings to standard output", async () => {
    await using server = await startRpcServer();
    await using program = privet(["--watch", "--address", server.address]);
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stdout }, { code: 0, stdout: greeting });
    const states = ["IDLE", "CONNECTING", "READY", "SHUTDOWN"];
    const lines = states.map((state) => `${time} ${state}\n`).join("");
    assert.match(stderr, new RegExp(`^${lines}$`));
  });

  test("a lost connection is seen, with --each and --json too", async () => {
    await using server = await serve(standIn);
    const args = ["--watch", "--each", "--json", "--address", server.address];
    await using program = privet(args);
    program.write("Анна\n");
    await program.waitFor(/Анна/);
    server.cut();
    const { code, stderr } = await program.result;
    assert.equal(code, 4);
    const lines = stderr.trimEnd().split("\n");
    const printed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(printed.at(-1)?.["error"]);
    const states = printed.slice(0, -1).map(({ state }) => state);
    assert.deepEqual(states.slice(0, 4), ["IDLE", "CONNECTING", "READY", "IDLE"]);
    for (const { time: at } of printed.slice(0, -1)) {
      assert.equal(new Date(String(at)).toISOString(), at);
    }
  });
});

suite("what the channel found out is part of the error", () => {
  test("the address that a name led to", async () => {
    const address = await deadAddress();
    const target = `dns:///localhost:${address.split(":")[1]}`;
    const { stderr } = await privetHere(["--address", target], { LC_ALL: "C" });
    assert.match(stderr, /^privet: no server is running at dns:\S+: .+ \(at \S+:\d+\)\n$/);
  });

  test("what a call was waiting for when its time was up", async () => {
    const address = await deadAddress();
    const args = ["--address", address, "--retry", "100", "--timeout", "500ms"];
    const end = await privetHere(args, { LC_ALL: "C" });
    assert.equal(end.code, 5);
    assert.match(
      end.stderr,
      /^privet: the call to \S+ was not over within 500 milliseconds, it was waiting (?:to try again|for a connection): .+ \(.*last error: no connection: 1 address, last error ECONNREFUSED .+\)\n$/,
    );
  });
});
