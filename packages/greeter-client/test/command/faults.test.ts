import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTlsServer } from "node:tls";
import { suite, test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { deadAddress, listen } from "../peers/port.ts";
import { privet, privetHere } from "../peers/privet.ts";
import { serve, serveSilence } from "../peers/server.ts";
import type { Server } from "../peers/server.ts";

interface Lines {
  readonly en: string;
  readonly ru: string;
}

/** The exit code, and the whole of standard error, in each language. */
async function assertFault(args: readonly string[], exitCode: number, lines: Lines): Promise<void> {
  const ends = Object.entries(lines).map(async ([language, line]) => {
    await using program = privet(args, { env: { LC_ALL: `${language}.UTF-8` }, input: "" });
    const { code, stdout, stderr } = await program.result;
    const expected = { code: exitCode, stdout: "", stderr: `privet: ${line}\n` };
    assert.deepEqual({ code, stdout, stderr }, expected);
  });
  await Promise.all(ends);
}

/** The same of the command within this process. */
async function assertFaultHere(
  args: readonly string[],
  exitCode: number,
  lines: Lines,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const [language, line] of Object.entries(lines)) {
    const end = await privetHere(args, { ...env, LANG: `${language}.UTF-8` });
    assert.deepEqual(end, { code: exitCode, stdout: "", stderr: `privet: ${line}\n` });
  }
}

suite("a command line that is wrong exits with 2", () => {
  const faults = [
    [
      ["Анна", "Борис"],
      "several names need --all (one greeting for all), or --each with the names on standard input",
      "для нескольких имён есть --all (одно приветствие всем) и --each (имена со стандартного ввода)",
    ],
    [
      ["--jsom"],
      "there is no option --jsom; did you mean --json?",
      "нет параметра --jsom; может быть, --json?",
    ],
    [["-x"], "there is no option -x", "нет параметра -x"],
    [["--json=yes"], "there is no option --json=yes", "нет параметра --json=yes"],
    [["--timeout"], "--timeout <time> needs a value", "параметру --timeout <время> нужно значение"],
    [
      ["--all"],
      "--all needs names, such as: privet --all Анна Борис",
      "для --all нужны имена, например: privet --all Анна Борис",
    ],
    [
      ["--each", "Анна"],
      "--each reads the names from standard input, not from the command line",
      "--each читает имена со стандартного ввода, а не из командной строки",
    ],
    [["--all", "--each"], "--all and --each don't go together", "--all и --each вместе не бывают"],
    [
      ["--languages=ru", "--all", "Анна"],
      "--languages and --all don't go together",
      "--languages и --all вместе не бывают",
    ],
    [
      ["--languages", "ru,,en"],
      "--languages «ru,,en»: a tag is missing; give them as in ru,en,ja",
      "--languages «ru,,en»: пропущен тег; перечислите их так: ru,en,ja",
    ],
    [
      ["--timeout", "soon"],
      "--timeout «soon»: give a time from 1ms to 27 hours, such as 500ms, 5s, 1m or 5",
      "--timeout «soon»: укажите время от 1ms до 27 часов, например 500ms, 5s, 1m или 5",
    ],
    [
      ["--header", "name"],
      "--header «name»: a header is name=value",
      "--header «name»: заголовок записывают как имя=значение",
    ],
    [
      ["--header", "a=1", "--header", "b-bin=%"],
      "--header «b-bin=%»: the value of a -bin header is base64",
      "--header «b-bin=%»: значение заголовка на -bin записывают в base64",
    ],
    [
      ["--address", "localhost"],
      "--address «localhost»: the port is missing; give host:port, [::1]:50051 or http://host:port",
      "--address «localhost»: не указан порт; укажите узел:порт, [::1]:50051 или http://узел:порт",
    ],
    [
      ["--address", "https://localhost:1"],
      "--address «https://localhost:1»: TLS is not supported; give host:port, [::1]:50051 or http://host:port",
      "--address «https://localhost:1»: TLS не поддерживается; укажите узел:порт, [::1]:50051 или http://узел:порт",
    ],
  ] as const;
  for (const [args, en, ru] of faults) {
    test(`privet ${args.join(" ")}`, async () => {
      await assertFaultHere(args, 2, {
        en: `${en} (see privet --help)`,
        ru: `${ru} (см. privet --help)`,
      });
    });
  }

  test("PRIVET_ADDRESS=:1 privet", async () => {
    const en =
      "PRIVET_ADDRESS «:1»: this is not an address; give host:port, [::1]:50051 or http://host:port (see privet --help)";
    const ru =
      "PRIVET_ADDRESS «:1»: это не адрес; укажите узел:порт, [::1]:50051 или http://узел:порт (см. privet --help)";
    await assertFaultHere([], 2, { en, ru }, { PRIVET_ADDRESS: ":1" });
  });

  test("a process of its own says the same", async () => {
    await assertFault(["--json=yes"], 2, {
      en: "there is no option --json=yes (see privet --help)",
      ru: "нет параметра --json=yes (см. privet --help)",
    });
  });

  test("with --json it is an object", async () => {
    await using program = privet(["--json", "--nonsense"], { env: { LC_ALL: "C" } });
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.deepEqual(JSON.parse(stderr), {
      error: {
        kind: "usage",
        fault: { kind: "unknown-option", option: "--nonsense", similar: [] },
        message: "there is no option --nonsense (see privet --help)",
        exitCode: 2,
      },
    });
  });
});

const notGrpc = (address: string): { en: string; ru: string } => ({
  en: `what listens at ${address} doesn't speak gRPC without TLS: check the address and the port in --address`,
  ru: `по адресу ${address} отвечает не сервер gRPC без TLS: проверьте адрес и порт в --address`,
});

suite("a server that can't be reached exits with 4", () => {
  test("nobody listens", async () => {
    const address = await deadAddress();
    await assertFault(["--address", address], 4, {
      en: `no server is running at ${address}: start one with «npx -y pnpm@12 server», or give its address with --address`,
      ru: `по адресу ${address} сервер не запущен: запустите его командой «npx -y pnpm@12 server» или укажите другой адрес в --address`,
    });
  });

  test("nobody listens, for a stream of names", async () => {
    const address = await deadAddress();
    await assertFault(["--each", "--address", address], 4, {
      en: `no server is running at ${address}: start one with «npx -y pnpm@12 server», or give its address with --address`,
      ru: `по адресу ${address} сервер не запущен: запустите его командой «npx -y pnpm@12 server» или укажите другой адрес в --address`,
    });
  });

  test("the host has no address", async () => {
    await assertFault(["--address", "no-such-host.invalid:1"], 4, {
      en: "the host of no-such-host.invalid:1 is not known: check the name in --address, and the network",
      ru: "имя узла в адресе no-such-host.invalid:1 не найдено: проверьте --address и сеть",
    });
  });

  test("it speaks HTTP/1.1", async () => {
    await using port = await listen(createHttpServer((_, response) => response.end("hello")));
    await assertFault(["--address", port.address], 4, notGrpc(port.address));
  });

  test("it speaks TLS", async () => {
    const server = createTlsServer({});
    server.on("tlsClientError", () => {});
    await using port = await listen(server);
    await assertFault(["--address", port.address], 4, notGrpc(port.address));
  });

  test("it hangs up in the middle of the call", async () => {
    await using server = await serve(
      () => {},
      (stream) => stream.session?.destroy(),
    );
    await assertFault(["--address", server.address], 4, {
      en: `the connection to ${server.address} broke before the call was over: see that the server is running, and call again`,
      ru: `связь с ${server.address} оборвалась до конца вызова: проверьте, работает ли сервер, и повторите`,
    });
  });
});

function serveError(message: string, code: Code): Promise<Server> {
  return serve(({ service }) =>
    service(GreeterService, {
      sayHello: () => {
        throw new ConnectError(message, code);
      },
    }),
  );
}

suite("what a server answers has its exit code", () => {
  const answers = [
    [
      ["going away", Code.Unavailable],
      4,
      (it: string) => `the server at ${it} is not available: going away; call again later`,
      (it: string) => `сервер ${it} недоступен: going away; повторите позже`,
    ],
    [
      ["", Code.DeadlineExceeded],
      5,
      (it: string) =>
        `the call to ${it} was not over within 5 seconds: give it more time with --timeout, or check the server`,
      (it: string) =>
        `вызов ${it} не уложился в 5 с: дайте больше времени в --timeout или проверьте сервер`,
    ],
    [
      ["enough", Code.Canceled],
      130,
      (it: string) => `the server at ${it} cancelled the call: enough`,
      (it: string) => `сервер ${it} отменил вызов: enough`,
    ],
    [
      ["no such call", Code.Unimplemented],
      1,
      (it: string) =>
        `the server at ${it} doesn't know this call: no such call; check --address and the server's version`,
      (it: string) =>
        `сервер ${it} не знает этого вызова: no such call; проверьте --address и версию сервера`,
    ],
    [
      ["too many names", Code.ResourceExhausted],
      1,
      (it: string) => `the server at ${it} answered with RESOURCE_EXHAUSTED: too many names`,
      (it: string) => `сервер ${it} ответил ошибкой RESOURCE_EXHAUSTED: too many names`,
    ],
    [
      ["", Code.Internal],
      1,
      (it: string) => `the server at ${it} answered with INTERNAL: it doesn't say why`,
      (it: string) => `сервер ${it} ответил ошибкой INTERNAL: причину он не назвал`,
    ],
    [
      ["no field", Code.InvalidArgument],
      3,
      () => "the server doesn't accept the request: no field",
      () => "сервер не принимает запрос: no field",
    ],
    [
      ["two\nlines", Code.Unknown],
      1,
      (it: string) => `the server at ${it} answered with UNKNOWN: two\\u000alines`,
      (it: string) => `сервер ${it} ответил ошибкой UNKNOWN: two\\u000alines`,
    ],
  ] as const;
  for (const [[message, code], exitCode, en, ru] of answers) {
    test(`${Code[code]} exits with ${exitCode}`, async () => {
      await using server = await serveError(message, code);
      const lines = { en: en(server.address), ru: ru(server.address) };
      await assertFaultHere(["--address", server.address], exitCode, lines);
    });
  }

  test("a server without this service is told apart", async () => {
    await using server = await serve(() => {});
    await assertFaultHere(["--address", server.address], 1, {
      en: `the server at ${server.address} doesn't know this call: HTTP 404; check --address and the server's version`,
      ru: `сервер ${server.address} не знает этого вызова: HTTP 404; проверьте --address и версию сервера`,
    });
  });

  test("a server that never answers exits with 5 at the deadline", async () => {
    await using server = await serveSilence();
    await assertFault(["--address", server.address, "--timeout", "250ms"], 5, {
      en: `the call to ${server.address} was not over within 250 milliseconds: give it more time with --timeout, or check the server`,
      ru: `вызов ${server.address} не уложился в 250 мс: дайте больше времени в --timeout или проверьте сервер`,
    });
  });
});
