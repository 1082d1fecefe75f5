import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress } from "../src/address.ts";
import { readConfiguration } from "../src/configuration.ts";
import { parseDuration } from "../src/duration.ts";
import { userLanguage } from "../src/locale.ts";
import { messages } from "../src/messages.ts";
import { settingNames, settings } from "../src/settings.ts";
import type { SettingName } from "../src/settings.ts";
import { parseSize } from "../src/size.ts";
import { UsageError } from "../src/usage-error.ts";

test("without flags and environment it is [::]:50051 without TLS, for everyone, with health and limits", () => {
  assert.deepEqual(readConfiguration({}, {}, messages.en), {
    address: { host: "::", port: 50_051 },
    engine: "privet",
    credentials: undefined,
    tokens: [],
    health: true,
    reflection: false,
    logLevel: "info",
    drainTimeoutMs: 25_000,
    readMaxBytes: 4 * 1024 * 1024,
    maxConcurrentCalls: 10_000,
    maxConnections: 10_000,
    limits: {
      maxConcurrentStreams: 250,
      maxConnectionAgeMs: Infinity,
      maxConnectionAgeGraceMs: Infinity,
      keepaliveTimeMs: 7_200_000,
      keepaliveTimeoutMs: 20_000,
      minPingIntervalMs: 300_000,
    },
  });
});

test("a flag goes before the environment, and that before the initial value", () => {
  const env = { PRIVET_ADDRESS: "localhost:1", PRIVET_DRAIN_TIMEOUT: "1m", PRIVET_LOG_LEVEL: "" };
  const configuration = readConfiguration({ address: ":2" }, env, messages.en);
  assert.deepEqual(configuration.address, { host: "::", port: 2 });
  assert.equal(configuration.logLevel, "info");
  assert.equal(configuration.drainTimeoutMs, 60_000);
});

test("each setting has a flag or is secret, and is read from its variable", () => {
  const variables = new Set(settingNames.map((name) => settings[name].environment));
  assert.equal(variables.size, settingNames.length);
  for (const name of settingNames) {
    const { environment, kind, secret } = settings[name];
    assert.equal(environment, `PRIVET_${name.toUpperCase().replaceAll("-", "_")}`);
    // Right for no kind but a file, and needed by none that is there.
    const bad = { [environment]: " " };
    const read = (): unknown => readConfiguration({}, bad, messages.en);
    if (kind.name === "file") assert.throws(read, UsageError);
    else assert.throws(read, new RegExp(`^UsageError: ${environment} is «${secret ? "…" : " "}»`));
  }
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

const sizes: readonly (readonly [text: string, bytes: number | undefined])[] = [
  ["4MiB", 4_194_304],
  ["64KiB", 65_536],
  ["1GiB", 1_073_741_824],
  ["512B", 512],
  ["1000", 1_000],
  ["", undefined],
  ["MiB", undefined],
  ["1.5MiB", undefined],
  ["-1", undefined],
  ["4MB", undefined],
  ["4 MiB", undefined],
];

for (const [text, bytes] of sizes) {
  test(`«${text}» is ${bytes === undefined ? "no size" : `${bytes} bytes`}`, () => {
    assert.equal(parseSize(text), bytes);
  });
}

const beyond: readonly (readonly [name: SettingName, ...texts: string[]])[] = [
  ["max-message-size", "0", "4GiB"],
  ["max-calls", "0", "1000001", "1.5", "-1", "many"],
  ["max-connection-age", "0s", "999ms", "25h", "forever"],
  ["keepalive-timeout", "0s", "never"],
  ["min-ping-interval", "0s", "never"],
  ["health", "yes"],
  ["engine", "nghttp2"],
  ["tls-client-auth", "none"],
];

for (const [name, ...texts] of beyond) {
  for (const text of texts) {
    test(`--${name} can't be ${text}`, () => {
      const read = (): unknown => readConfiguration({ [name]: text }, {}, messages.en);
      assert.throws(read, { message: new RegExp(`^--${name} is «${text}», but must be `) });
    });
  }
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

function textsOf(said: Record<string, unknown>): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, text] of Object.entries(said)) {
    if (typeof text === "function") all[name] = String(text("a", "b", "c"));
    else if (typeof text === "string") all[name] = text;
    else Object.assign(all, prefixed(name, textsOf(text as Record<string, unknown>)));
  }
  return all;
}

function prefixed(prefix: string, texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`${prefix}.${name}`, text]),
  );
}

test("each message exists in both languages, and differs", () => {
  const english = textsOf({ ...messages.en });
  const russian = textsOf({ ...messages.ru });
  assert.deepEqual(Object.keys(russian), Object.keys(english));
  for (const [name, text] of Object.entries(english)) {
    assert.notEqual(russian[name], text, name);
    assert.match(russian[name] ?? "", /[а-я]/, name);
    assert.doesNotMatch(text, /[а-я]/i, name);
  }
});
