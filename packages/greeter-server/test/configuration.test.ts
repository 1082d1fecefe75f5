import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress } from "../src/address.ts";
import { readConfiguration, UsageError } from "../src/configuration.ts";
import { parseDuration } from "../src/duration.ts";
import { userLanguage } from "../src/locale.ts";
import { messages } from "../src/messages.ts";

test("without flags and environment the server listens on [::]:50051", () => {
  assert.deepEqual(readConfiguration({}, {}, messages.en), {
    address: { host: "::", port: 50_051 },
    logLevel: "info",
    drainTimeoutMs: 25_000,
  });
});

test("a flag goes before the environment, and that before the initial value", () => {
  const env = { PRIVET_ADDRESS: "localhost:1", PRIVET_DRAIN_TIMEOUT: "1m", PRIVET_LOG_LEVEL: "" };
  assert.deepEqual(readConfiguration({ address: ":2" }, env, messages.en), {
    address: { host: "::", port: 2 },
    logLevel: "info",
    drainTimeoutMs: 60_000,
  });
});

test("every bad value is named by where it comes from, with what would be right", () => {
  const flags = { address: "localhost" };
  const env = { PRIVET_LOG_LEVEL: "loud", PRIVET_DRAIN_TIMEOUT: "soon" };
  assert.throws(() => readConfiguration(flags, env, messages.en), {
    name: UsageError.name,
    message: [
      "--address is «localhost», but must be host:port with a port from 0 to 65535, such as [::]:50051 or 127.0.0.1:0",
      "PRIVET_LOG_LEVEL is «loud», but must be one of trace, debug, info, warn, error, fatal, silent",
      "PRIVET_DRAIN_TIMEOUT is «soon», but must be a time such as 25s, 500ms or 1m (a number alone means seconds), at most 24h",
    ].join("\n"),
  });
});

test("a drain timeout of more than a day is refused", () => {
  assert.throws(() => readConfiguration({ "drain-timeout": "25h" }, {}, messages.ru), /24h/);
});

const addresses: readonly (readonly [
  text: string,
  host: string,
  port: number,
  written?: string,
])[] = [
  ["[::]:50051", "::", 50_051],
  ["[::1]:0", "::1", 0],
  ["[fe80::1%eth0]:1", "fe80::1%eth0", 1],
  [":50051", "::", 50_051, "[::]:50051"],
  ["127.0.0.1:65535", "127.0.0.1", 65_535],
  ["my-host.example:080", "my-host.example", 80, "my-host.example:80"],
];

for (const [text, host, port, written = text] of addresses) {
  test(`${text} is an address, and is written ${written}`, () => {
    assert.deepEqual(parseAddress(text), { host, port });
    assert.equal(formatAddress({ host, port }), written);
  });
}

const notAddresses = [
  "",
  "50051",
  "localhost",
  "a:65536",
  "a:-1",
  "a:1.5",
  "::1:80",
  "[::1]",
  "a:1 ",
];

for (const text of [...notAddresses, "http://a:1", "a:b", "[a]:1x"]) {
  test(`«${text}» is no address`, () => {
    assert.equal(parseAddress(text), undefined);
  });
}

const durations: readonly (readonly [text: string, ms: number | undefined])[] = [
  ["500ms", 500],
  ["25s", 25_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  ["0s", 0],
  ["5", 5_000],
  ["", undefined],
  ["s", undefined],
  ["-1s", undefined],
  ["1 s", undefined],
  ["1d", undefined],
  ["1e3s", undefined],
];

for (const [text, ms] of durations) {
  test(`«${text}» is ${ms === undefined ? "no time" : `${ms} ms`}`, () => {
    assert.equal(parseDuration(text), ms);
  });
}

const locales: readonly (readonly [env: Record<string, string>, language: "en" | "ru"])[] = [
  [{ LANG: "ru_RU.UTF-8" }, "ru"],
  [{ LANG: "ru" }, "ru"],
  [{ LANG: "run_BI" }, "en"],
  [{ LANG: "ru_RU.UTF-8", LC_ALL: "C" }, "en"],
  [{ LANG: "en_GB", LC_MESSAGES: "ru_RU" }, "ru"],
  [{ LANG: "en_GB", LC_ALL: "" }, "en"],
];

for (const [env, language] of locales) {
  test(`${JSON.stringify(env)} speaks ${language}`, () => {
    assert.equal(userLanguage(env), language);
  });
}

function fill(message: unknown): string {
  return typeof message === "function" ? String(message("a", "b", "c")) : JSON.stringify(message);
}

test("each message exists in both languages, and differs", () => {
  assert.deepEqual(Object.keys(messages.ru), Object.keys(messages.en));
  for (const [name, text] of Object.entries(messages.en)) {
    assert.notEqual(fill(text), fill(messages.ru[name as keyof typeof messages.ru]), name);
  }
});
