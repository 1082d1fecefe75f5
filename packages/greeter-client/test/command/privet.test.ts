import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { startGreeterServer } from "../peers/greeter-server.ts";
import type { GreeterServer } from "../peers/greeter-server.ts";
import { privet, privetHere } from "../peers/privet.ts";
import { serve } from "../peers/server.ts";
import { standIn } from "../peers/stand-in.ts";

const english = { LC_ALL: "en_US.UTF-8" };

suite("privet, with the greeter server", () => {
  let server: GreeterServer;
  before(async () => {
    server = await startGreeterServer();
  });
  after(() => server[Symbol.asyncDispose]());

  /** Runs `privet` to its end, with `input` on standard input. */
  async function run(
    args: readonly string[],
    env: Record<string, string> = {},
    input = "",
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    await using program = privet(args, { env: { PRIVET_ADDRESS: server.address, ...env }, input });
    const { code, stdout, stderr } = await program.result;
    return { code, stdout, stderr };
  }

  const answers = [
    [[], "Ответ сервера: Привет, Мир!\n"],
    [["Анна"], "Ответ сервера: Привет, Анна!\n"],
    [["  Анна  "], "Ответ сервера: Привет, Анна!\n"],
    [["--", "--all"], "Ответ сервера: Привет, --all!\n"],
    [["👩‍👩‍👧‍👦"], "Ответ сервера: Привет, 👩‍👩‍👧‍👦!\n"],
    [
      ["--languages", "ru,en,ja", "Анна"],
      "Ответ сервера: Привет, Анна!\nОтвет сервера: Hello, Анна!\nОтвет сервера: こんにちは、Аннаさん！\n",
    ],
    [["--languages=en, ru"], "Ответ сервера: Hello, Мир!\nОтвет сервера: Привет, Мир!\n"],
    [["--all", "Анна", "Борис"], "Ответ сервера: Привет, Анна и Борис!\n"],
    [["--json", "Анна"], '{"greeting":"Привет, Анна!"}\n'],
    [
      ["--json", "--languages", "en,ru", "A"],
      '{"greeting":"Hello, A!","languageTag":"en"}\n{"greeting":"Привет, A!","languageTag":"ru"}\n',
    ],
    [["--json", "--all", "A", "Б"], '{"greeting":"Привет, A и Б!"}\n'],
  ] as const;
  for (const [args, stdout] of answers) {
    test(`privet ${args.join(" ")} prints the greeting, and nothing else, into a pipe`, async () => {
      assert.deepEqual(await run(args), { code: 0, stdout, stderr: "" });
    });
  }

  test("privet --each greets the names on standard input, whatever ends their lines", async () => {
    const stdout = "Ответ сервера: Привет, Анна!\nОтвет сервера: Привет, Борис!\n";
    const input = "Анна\r\n\n \nБорис";
    assert.deepEqual(await run(["--each"], {}, input), { code: 0, stdout, stderr: "" });
  });

  test("privet --each with nothing on standard input prints nothing", async () => {
    assert.deepEqual(await run(["--each"]), { code: 0, stdout: "", stderr: "" });
  });

  test("privet --each --json prints an object for each name", async () => {
    const stdout = '{"greeting":"Привет, Анна!"}\n{"greeting":"Привет, Борис!"}\n';
    const result = await run(["--each", "--json"], {}, "Анна\nБорис\n");
    assert.deepEqual(result, { code: 0, stdout, stderr: "" });
  });

  test("privet --each greets a name before the next one is typed", async () => {
    await using program = privet(["--each"], { env: { PRIVET_ADDRESS: server.address } });
    for (const name of ["Анна", "Борис", "Вера"]) {
      program.write(`${name}\n`);
      await program.waitFor(new RegExp(`^Ответ сервера: Привет, ${name}!$`, "m"));
    }
    program.end();
    const { code, stderr } = await program.result;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });

  test("the greeting is the same where the language is English, and where colours are forced", async () => {
    const stdout = "Ответ сервера: Привет, Мир!\n";
    const expected = { code: 0, stdout, stderr: "" };
    assert.deepEqual(await run([], { ...english, FORCE_COLOR: "1" }), expected);
  });

  test("--address goes before PRIVET_ADDRESS", async () => {
    const args = ["--address", `http://${server.address}/`];
    assert.equal((await run(args, { PRIVET_ADDRESS: "nowhere.invalid:1" })).code, 0);
  });

  const refusals = [
    [[""], "field name: ", "поле name: "],
    [["a\tb"], "field name: ", "поле name: "],
    [["ё".repeat(101)], "field name: ", "поле name: "],
    [["--languages", "ru,xx"], "field language_tags[1]: ", "поле language_tags[1]: "],
    [["--all", "Анна", ""], "field name: ", "поле name: "],
  ] as const;
  for (const [args, inEnglish, inRussian] of refusals) {
    test(`privet ${JSON.stringify(args)} exits with 3 and one line that names the field`, async () => {
      const env = { PRIVET_ADDRESS: server.address };
      const englishEnd = await privetHere(args, { ...env, LANG: "en_US.UTF-8" });
      const russianEnd = await privetHere(args, { ...env, LANG: "ru_RU.UTF-8" });
      const en = `privet: the server doesn't accept the request: ${inEnglish}`;
      const ru = `privet: сервер не принимает запрос: ${inRussian}`;
      for (const [{ stderr }, start] of [
        [englishEnd, en],
        [russianEnd, ru],
      ] as const) {
        assert.equal(stderr.slice(0, start.length), start);
        assert.match(stderr, /^.+\n$/);
      }
      for (const { code, stdout } of [englishEnd, russianEnd]) {
        assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
      }
    });
  }

  test("privet --each greets the names before a bad one, then names the field", async () => {
    await using program = privet(["--each"], { env: { PRIVET_ADDRESS: server.address } });
    program.write("Анна\n");
    await program.waitFor(/^Ответ сервера: Привет, Анна!$/m);
    program.write(`${"ё".repeat(101)}\n`);
    const { code, stdout, stderr } = await program.result;
    assert.match(stderr, /^privet: сервер не принимает запрос: поле name: .+\n$/);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "Ответ сервера: Привет, Анна!\n" });
  });

  test("--json makes an object of an error, with the field in it", async () => {
    const { code, stdout, stderr } = await run(["--json", "--languages", "xx"], english);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
    assert.match(stderr, /^.+\n$/);
    const { error } = JSON.parse(stderr) as {
      error: { kind: string; exitCode: number; message: string; fields: { field: string }[] };
    };
    assert.equal(error.kind, "invalid-argument");
    assert.equal(error.exitCode, 3);
    assert.match(
      error.message,
      /^the server doesn't accept the request: field language_tags\[0\]: /,
    );
    assert.deepEqual(
      error.fields.map(({ field }) => field),
      ["language_tags[0]"],
    );
  });
});

suite("privet, by itself", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string };

  test("--version prints the version", async () => {
    await using program = privet(["--version"]);
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `${version}\n`, stderr: "" });
  });

  const options = (
    "--languages --all --each --address --tls --ca --cert --key --server-name --token --token-file " +
    "--plaintext-token --balancer --retry --timeout --header --watch --json --help --version " +
    "PRIVET_ADDRESS PRIVET_TLS PRIVET_CA PRIVET_CERT PRIVET_KEY PRIVET_SERVER_NAME PRIVET_TOKEN " +
    "PRIVET_TOKEN_FILE PRIVET_PLAINTEXT_TOKEN PRIVET_BALANCER PRIVET_RETRY"
  ).split(" ");
  const codes = ["0", "1", "2", "3", "4", "5", "6", "130"];

  test("--help lists the options and the exit codes in Russian, without an English word of commander's", async () => {
    await using program = privet(["--help"]);
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^Использование: privet \[параметры\] \[имя\.\.\.\]\n/);
    assert.match(stdout, /\nКоды завершения:\n/);
    for (const option of options) assert.ok(stdout.includes(option), option);
    for (const exit of codes) assert.match(stdout, new RegExp(`^  ${exit} +[а-я]`, "m"));
    assert.doesNotMatch(stdout, /Usage|Options|Arguments|default|display|output/);
  });

  test("--help lists the options and the exit codes in English, without Russian ones", async () => {
    await using program = privet(["--help"], { env: english });
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^Usage: privet \[options\] \[name\.\.\.\]\n/);
    assert.match(stdout, /\nExit codes:\n/);
    for (const option of options) assert.ok(stdout.includes(option), option);
    for (const exit of codes) assert.match(stdout, new RegExp(`^  ${exit} +[a-z]`, "m"));
    assert.doesNotMatch(stdout.replaceAll(/Мир|Анна|Борис/g, ""), /[а-яё]/i);
  });

  test("--header goes out, repeated and binary ones too", async () => {
    const seen: Record<string, unknown>[] = [];
    await using server = await serve(
      () => {},
      (stream, headers) => {
        seen.push(headers);
        stream.respond({ ":status": 404 }, { endStream: true });
      },
    );
    const headers = ["x-request-id=42", "a=1", "A=2", "trace-bin=AAECAw=="];
    const args = headers.flatMap((header) => ["--header", header]);
    await using program = privet([...args, "--address", server.address]);
    assert.equal((await program.result).code, 1);
    assert.equal(seen[0]?.["x-request-id"], "42");
    assert.equal(seen[0]?.["a"], "1, 2");
    assert.equal(seen[0]?.["trace-bin"], "AAECAw");
  });

  test("--timeout goes out as the deadline: 5 s by default, none with --each", async () => {
    const seen: (string | undefined)[] = [];
    await using server = await serve(
      () => {},
      (stream, headers) => {
        seen.push(headers["grpc-timeout"]?.toString());
        stream.respond({ ":status": 404 }, { endStream: true });
      },
    );
    const runs = [[], ["--timeout", "1.5s"], ["--all", "A"], ["--each"], ["--each", "--timeout=9"]];
    for (const args of runs) {
      await using program = privet([...args, "--address", server.address]);
      await program.result;
    }
    assert.equal(seen[3], undefined);
    // Looking for the server has taken some of it.
    for (const [index, wholeMs] of [5000, 1500, 5000, Infinity, 9000].entries()) {
      if (wholeMs === Infinity) continue;
      const [, ms] = /^(\d+)m$/.exec(seen[index] ?? "") ?? [];
      assert.ok(Number(ms) > 0 && Number(ms) <= wholeMs, `${seen[index]} of ${wholeMs} ms`);
    }
  });

  test("what a server says can't break the line or steer the terminal", async () => {
    await using server = await serve(standIn);
    await using program = privet(["a\n\u001b[31mb\u202e", "--address", server.address]);
    const { stdout } = await program.result;
    assert.equal(stdout, "Ответ сервера: Привет, a\\u000a\\u001b[31mb\\u202e!\n");
  });
});
