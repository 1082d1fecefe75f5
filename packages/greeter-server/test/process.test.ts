import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  SayHelloToEachRequestSchema,
  SayHelloToEachResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { test } from "node:test";
import { requirement, start } from "@privet/testkit";
import type { Program } from "@privet/testkit";
import { dial } from "./connection.ts";
import { call, openSession } from "./raw-call.ts";
import type { RawCall } from "./raw-call.ts";
import { main, portOf, run } from "./running.ts";
import { settingNames, settings } from "../src/settings.ts";

/** A bidirectional call that has been accepted: one name is greeted, more may follow. */
async function openCall(server: Program): Promise<RawCall> {
  const each = call(await openSession(await portOf(server)), "SayHelloToEach");
  await greetAnna(each);
  return each;
}

async function greetAnna(each: RawCall): Promise<void> {
  each.write(SayHelloToEachRequestSchema, create(SayHelloToEachRequestSchema, { name: "Анна" }));
  assert.equal((await each.read(SayHelloToEachResponseSchema)).greeting, "Привет, Анна!");
}

test("on [::] the server is reached over IPv4 too, logs JSON lines, and SIGTERM ends it with 0", async () => {
  await using server = run(["--address", "[::]:0"]);
  const dialed = dial(await portOf(server));
  assert.equal((await dialed.client.sayHello({ name: "Мир" })).greeting, "Привет, Мир!");
  dialed.close();
  server.signal("SIGTERM");
  const { code, stdout, stderr } = await server.result;
  assert.equal(code, 0);
  assert.equal(stderr, "");
  const lines = stdout.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ["serving", "draining", "stopped"],
  );
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} lets a call that was accepted go on to its end, and exits with 0`, async () => {
    await using server = run(["--address", "127.0.0.1:0"]);
    const each = await openCall(server);
    server.signal(signal);
    await server.waitFor(/"draining"/);
    await greetAnna(each);
    each.end();
    assert.equal((await each.ended).trailers?.["grpc-status"], "0");
    assert.equal((await server.result).code, 0);
  });
}

test("a call that outlives the drain timeout is ended, the log says so, and the exit code is 0", async () => {
  await using server = run([], { PRIVET_ADDRESS: "127.0.0.1:0", PRIVET_DRAIN_TIMEOUT: "20ms" });
  const each = await openCall(server);
  server.signal("SIGTERM");
  const { trailers } = await each.ended;
  assert.equal(trailers?.["grpc-status"], String(Code.Unavailable));
  const { code, stdout } = await server.result;
  assert.equal(code, 0);
  assert.match(stdout, /"calls":1,"msg":"[^"]*cut off/);
});

test("a second signal ends the server at once, whatever is open", async () => {
  await using server = run(["--address", "127.0.0.1:0"]);
  const each = await openCall(server);
  server.signal("SIGTERM");
  await server.waitFor(/"draining"/);
  server.signal("SIGINT");
  assert.equal((await server.result).code, 128 + constants.signals.SIGINT);
  assert.equal((await each.ended).trailers, undefined);
});

test("a parent hears where the server serves, and stops it by closing the channel", async (t) => {
  const child = fork(main, ["--address", "127.0.0.1:0", "--log-level", "silent"], {
    execArgv: ["-C", "@privet/source"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [message] = (await once(child, "message")) as [{ serving: string }];
  assert.match(message.serving, /^127\.0\.0\.1:\d+$/);
  child.disconnect();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a parent that closes the channel before the server serves stops it all the same", async (t) => {
  const child = fork(main, ["--address", "127.0.0.1:0", "--log-level", "silent"], {
    execArgv: ["-C", "@privet/source"],
  });
  t.after(() => child.kill("SIGKILL"));
  child.disconnect();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a port in use is said in the user's language, with what to do, and exits with 1", async () => {
  await using first = run(["--address", "127.0.0.1:0"]);
  const address = `127.0.0.1:${await portOf(first)}`;
  await using english = run(["--address", address]);
  await using russian = run(["--address", address], { LC_ALL: "ru_RU.UTF-8" });
  const inEnglish = await english.result;
  assert.equal(inEnglish.code, 1);
  assert.equal(
    inEnglish.stderr,
    `privet-server: ${address} is in use: stop the program that listens there, or choose another --address\n`,
  );
  const inRussian = await russian.result;
  assert.equal(inRussian.code, 1);
  assert.match(inRussian.stderr, /занят: остановите/);
});

test("an address of another machine can't be listened on, which is said, and exits with 1", async () => {
  await using server = run(["--address", "192.0.2.1:0"]);
  const { code, stderr } = await server.result;
  assert.equal(code, 1);
  assert.match(stderr, /^privet-server: cannot listen on 192\.0\.2\.1:0: .*EADDRNOTAVAIL/);
});

const mistakes: readonly (readonly [args: string[], english: RegExp, russian: RegExp])[] = [
  [["--address", "nowhere"], /--address is «nowhere», but must be host:port/, /а нужно хост:порт/],
  [["--log-level", "loud"], /must be one of trace/, /нужно одно из: trace/],
  [["--drain-timeout", "x"], /must be a time such as 25s/, /нужно время, например 25s/],
  [["--colour"], /there is no option --colour/, /параметра --colour нет/],
  [["--address"], /--address needs a value/, /параметру --address нужно значение/],
  [["Анна"], /only options are expected/, /ожидаются только параметры/],
];

for (const [args, english, russian] of mistakes) {
  test(`«${args.join(" ")}» is a mistake that is explained, and exits with 2`, async () => {
    for (const [locale, pattern] of [
      ["C", english],
      ["ru_RU.UTF-8", russian],
    ] as const) {
      await using server = run(args, { LC_ALL: locale });
      const { code, stdout, stderr } = await server.result;
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr, pattern);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });
}

test("a mistake in the environment is named by its variable", async () => {
  await using server = run([], { PRIVET_ADDRESS: "nowhere" });
  const { code, stderr } = await server.result;
  assert.equal(code, 2);
  assert.match(stderr, /^privet-server: PRIVET_ADDRESS is «nowhere»/);
});

test("--help speaks one language, and names every flag with its variable and initial value", async () => {
  await using english = run(["--help"]);
  await using russian = run(["--help"], { LC_ALL: "ru_RU.UTF-8" });
  const inEnglish = await english.result;
  const inRussian = await russian.result;
  for (const { code, stdout, stderr } of [inEnglish, inRussian]) {
    assert.equal(code, 0);
    assert.equal(stderr, "");
    const words = stdout.replaceAll(/\s+/g, " ");
    for (const name of settingNames) {
      const { environment, initial = "", secret } = settings[name];
      for (const word of [environment, initial]) assert.ok(words.includes(word), word);
      assert.equal(words.includes(`--${name} <`), secret !== true, name);
    }
  }
  assert.doesNotMatch(inEnglish.stdout, /[а-я]/i);
  assert.doesNotMatch(inRussian.stdout, /Usage|Options|default|environment|display/);
});

test("--version is the package's", async () => {
  await using server = run(["--version"]);
  const { code, stdout } = await server.result;
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

const skip = requirement({
  name: "script",
  probe: { command: "script", args: ["--version"] },
  hint: "it comes with util-linux and makes the pseudo-terminal.",
});

test("on a terminal the log is made for people, and Ctrl-C drains", { skip }, async () => {
  // A shell that stays above it would die of the same Ctrl-C, and its status would be ours.
  const command = `exec "${process.execPath}" -C @privet/source "${main}" --address 127.0.0.1:0`;
  await using terminal = start("script", ["-qefc", command, "/dev/null"]);
  await terminal.waitFor(/INFO.*serving/);
  terminal.write("\u0003");
  const { code, stdout } = await terminal.result;
  assert.equal(code, 0);
  assert.match(stdout, /INFO.*stopped/);
});
