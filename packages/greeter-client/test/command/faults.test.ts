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
      ["--ca", "ca.pem"],
      "--ca is for TLS: add --tls, or an address with https://",
      "--ca — для TLS: добавьте --tls или адрес с https://",
    ],
    [
      ["--tls", "--address", "http://localhost:1"],
      "--tls and the address «http://localhost:1» don't go together: http:// is without TLS, https:// is with it",
      "--tls и адрес «http://localhost:1» вместе не бывают: http:// — без TLS, https:// — с ним",
    ],
    [
      ["--token", "a b"],
      "--token: a token is of Latin letters, digits and «-._~+/», with «=» at its end or without",
      "--token: токен состоит из латинских букв, цифр и «-._~+/», в конце могут стоять «=»",
    ],
    [
      ["--token", "a", "--token-file", "b"],
      "--token and --token-file don't go together",
      "--token и --token-file вместе не бывают",
    ],
    [
      ["--token-file", "no-such-file"],
      "--token-file «no-such-file»: the file can't be read (ENOENT)",
      "--token-file «no-such-file»: файл не прочитать (ENOENT)",
    ],
    [
      ["--retry", "0"],
      "--retry «0»: give a number of attempts from 1 to 100",
      "--retry «0»: укажите число попыток от 1 до 100",
    ],
    [
      ["--balancer", "random"],
      "--balancer «random»: give one of pick_first, round_robin, least_request",
      "--balancer «random»: укажите одно из pick_first, round_robin, least_request",
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

  const addresses = [
    ["", undefined, undefined],
    [
      ":1",
      "there is no host, or none of that name can be",
      "нет имени узла, или такого имени не бывает",
    ],
    [
      "a b:1",
      "there is no host, or none of that name can be",
      "нет имени узла, или такого имени не бывает",
    ],
    ["localhost:0", "the port is a number from 1 to 65535", "порт — число от 1 до 65535"],
    [
      "http://localhost:65536",
      "a URL has a scheme, a host, a port and a path, and nothing else",
      "в URL есть схема, узел, порт и путь, и ничего больше",
    ],
    [
      "http://user@localhost:1",
      "a URL has a scheme, a host, a port and a path, and nothing else",
      "в URL есть схема, узел, порт и путь, и ничего больше",
    ],
    [
      "::1:x",
      "an IPv6 address with a port is written [::1]:50051",
      "адрес IPv6 с портом записывают как [::1]:50051",
    ],
    [
      "ipv4:localhost:1",
      "ipv4: and ipv6: need addresses of their kind",
      "после ipv4: и ipv6: идут адреса этого вида",
    ],
    [
      "ipv6:127.0.0.1:1",
      "ipv4: and ipv6: need addresses of their kind",
      "после ipv4: и ipv6: идут адреса этого вида",
    ],
    [
      "dns://name/localhost:1",
      "a name server is given by its IP address, as in dns://10.0.0.2/host:port",
      "сервер имён задают адресом IP, например dns://10.0.0.2/узел:порт",
    ],
    [
      "dns:///_grpc._tcp.example.org:1",
      "the ports of a service are in its SRV records: leave the port out",
      "порты службы указаны в записях SRV: уберите порт",
    ],
    [
      "unix:",
      "a socket is written unix:relative/path, unix:///absolute/path or unix-abstract:name",
      "сокет записывают как unix:путь, unix:///полный/путь или unix-abstract:имя",
    ],
    [
      "unix-abstract:",
      "a socket is written unix:relative/path, unix:///absolute/path or unix-abstract:name",
      "сокет записывают как unix:путь, unix:///полный/путь или unix-abstract:имя",
    ],
    ["ftp://localhost", "this scheme is not known", "такая схема не известна"],
    ["xds:///greeter", "this scheme is not known", "такая схема не известна"],
  ] as const;
  for (const [address, inEnglish, inRussian] of addresses.slice(1)) {
    test(`PRIVET_ADDRESS=${address} privet`, async () => {
      const en = `PRIVET_ADDRESS «${address}»: ${inEnglish}; give host:port, dns:///host:port, ipv4:1.2.3.4:50051, ipv6:[::1]:50051, unix:path, http://host:port or https://host:port (see privet --help)`;
      const ru = `PRIVET_ADDRESS «${address}»: ${inRussian}; укажите узел:порт, dns:///узел:порт, ipv4:1.2.3.4:50051, ipv6:[::1]:50051, unix:путь, http://узел:порт или https://узел:порт (см. privet --help)`;
      await assertFaultHere([], 2, { en, ru }, { PRIVET_ADDRESS: address });
    });
  }

  test("PRIVET_TLS=yes privet", async () => {
    const en = "PRIVET_TLS «yes»: it is on or off (see privet --help)";
    const ru = "PRIVET_TLS «yes»: бывает on или off (см. privet --help)";
    await assertFaultHere([], 2, { en, ru }, { PRIVET_TLS: "yes" });
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
  en: `what listens at ${address} doesn't speak gRPC without TLS: check the address and the port in --address, or add --tls`,
  ru: `по адресу ${address} отвечает не сервер gRPC без TLS: проверьте адрес и порт в --address или добавьте --tls`,
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
      ["a token is missing", Code.Unauthenticated],
      6,
      (it: string) =>
        `the server at ${it} wants to know who calls: a token is missing; give a token with --token-file, or a certificate with --cert and --key`,
      (it: string) =>
        `сервер ${it} хочет знать, кто вызывает: a token is missing; укажите токен в --token-file или сертификат в --cert и --key`,
    ],
    [
      ["not you", Code.PermissionDenied],
      6,
      (it: string) => `the server at ${it} knows who calls, and doesn't allow it: not you`,
      (it: string) => `сервер ${it} знает, кто вызывает, и не разрешает: not you`,
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
      en: `the call to ${server.address} was not over within 250 milliseconds, it was waiting for the answer: give it more time with --timeout, or check the server`,
      ru: `вызов ${server.address} не уложился в 250 мс, он ждал ответа: дайте больше времени в --timeout или проверьте сервер`,
    });
  });
});
