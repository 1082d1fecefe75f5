import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Balanced, endpoint } from "../support/balanced.ts";
import { inZone, preferZone } from "./prefer-zone.ts";

const near = ["10.0.1.1:1", "10.0.1.2:1"];
const far = ["10.0.2.1:1", "10.0.2.2:1"];

function zoned(address: string, zone: string): ReturnType<typeof endpoint> {
  return { ...endpoint(address), attributes: inZone(zone) };
}

test("calls stay in their zone while a server there can take them", () => {
  const balanced = new Balanced(preferZone("near"));
  balanced.updateEndpoints([
    ...far.map((address) => zoned(address, "far")),
    ...near.map((address) => zoned(address, "near")),
  ]);
  balanced.advance(10);
  assert.deepEqual([...new Set(balanced.calls(10))].sort(), near);
  balanced.network.stop(near[0] ?? "");
  balanced.advance(10);
  assert.deepEqual([...new Set(balanced.calls(10))], [near[1]]);
  balanced.network.stop(near[1] ?? "");
  balanced.advance(10);
  assert.deepEqual([...new Set(balanced.calls(10))].sort(), far);
});

test("the documentation shows this very balancer", async () => {
  const document = await readFile(
    new URL("../../../../docs/load-balancing.md", import.meta.url),
    "utf8",
  );
  const source = await readFile(new URL("prefer-zone.ts", import.meta.url), "utf8");
  assert.ok(document.includes(`\`\`\`ts\n${source}\`\`\``));
});
