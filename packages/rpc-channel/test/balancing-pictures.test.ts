import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { drawFigures } from "../scripts/balancing/figures.ts";
import { drawFailover, drawShares } from "../scripts/balancing/pictures.ts";
import { files, readRecording } from "../scripts/balancing/recording.ts";

const recording = readRecording();
const document = readFileSync(files.document, "utf8");

test("the pictures of the load balancers are those of the run that is kept", () => {
  assert.equal(readFileSync(files.shares, "utf8"), drawShares(recording.shares));
  assert.equal(readFileSync(files.failover, "utf8"), drawFailover(recording.failover));
});

test("the figures beside them are, too", () => {
  assert.equal(document, drawFigures(document, recording));
});

test("the run is one of the failover that the document tells of: no call failed", () => {
  const { calls, failed, answered, binMs, killedAtMs, backAtMs } = recording.failover;
  assert.equal(failed, 0);
  const [, restarted = []] = answered;
  const away = restarted.slice(Math.ceil(killedAtMs / binMs) + 1, Math.floor(backAtMs / binMs));
  assert.deepEqual(new Set(away), new Set([0]), "B answers while it is away");
  assert.ok((restarted.at(-2) ?? 0) > 0, "B hasn't come back");
  assert.ok(answered.flat().reduce((sum, count) => sum + count) <= calls);
});
