import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Connection, defaultLimits } from "../../src/index.ts";
import type { Limits, Rate } from "../../src/index.ts";

// docs/http2.md tells users what the limits are: it must not be wrong.

interface Row {
  readonly limit: string;
  readonly value: string;
  readonly token: string;
  readonly counter: string;
}

const folder = join(import.meta.dirname, "../..");
const page = readFileSync(join(folder, "../../docs/http2.md"), "utf8");

/** The rows of all tables of five columns: limit, default, what happens, token, counter. */
const rows: readonly Row[] = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")))
  .filter((cells) => cells.length === 7)
  .map(([, limit = "", value = "", , token = "", counter = ""]) => ({
    limit,
    value,
    token,
    counter,
  }));

function written(value: number | boolean | Rate): string {
  return typeof value === "object" ? `${value.burst}, then ${value.perSecond}/s` : String(value);
}

function defaultOf(limit: keyof Limits): string {
  const server = written(defaultLimits("server")[limit]);
  const client = written(defaultLimits("client")[limit]);
  return server === client ? server : `${server}; client ${client}`;
}

test("the page lists every limit once, with its default", () => {
  const limits = Object.keys(defaultLimits("server")) as (keyof Limits)[];
  assert.deepEqual(
    Object.fromEntries(rows.map(({ limit, value }) => [limit, value])),
    Object.fromEntries(limits.map((limit) => [limit, defaultOf(limit)])),
  );
  assert.equal(rows.length, limits.length);
});

test("each token on the page is one that the engine uses", () => {
  const sources = globSync("src/**/*.ts", { cwd: folder, exclude: ["src/node/**"] });
  const code = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("");
  for (const { limit, token } of rows) {
    if (token !== "") assert.ok(code.includes(`"${token}"`), `${limit}: ${token}`);
  }
});

test("each counter on the page is in stats(), and each budget's is on the page", () => {
  const handler = { closed: () => {}, outputReady: () => {} };
  const stats = new Connection({ role: "server", handler, now: 0 }).stats();
  const counters = new Set([
    ...Object.keys(stats),
    ...Object.keys(stats.trips).map((token) => `trips.${token}`),
  ]);
  for (const { limit, counter } of rows) {
    if (counter !== "") assert.ok(counters.has(counter), `${limit}: ${counter}`);
  }
  const listed = new Set(rows.map(({ counter }) => counter));
  const missing = Object.keys(stats.trips).filter((token) => !listed.has(`trips.${token}`));
  assert.deepEqual(missing, []);
});
