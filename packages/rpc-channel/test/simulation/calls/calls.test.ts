import assert from "node:assert/strict";
import { test } from "node:test";
import { CallSchedule } from "./call-schedule.ts";

/** 200,000 with PRIVET_LONG=1, other numbers with PRIVET_SCHEDULES; other ones with PRIVET_SEED. */
const long = process.env["PRIVET_LONG"] === "1";
const schedules = Number(process.env["PRIVET_SCHEDULES"] ?? (long ? 200_000 : 1_000));
const firstSeed = Number(process.env["PRIVET_SEED"] ?? 1);

test(`whole calls: nothing is out of order in ${schedules} random schedules`, async () => {
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    try {
      await new CallSchedule(seed).run();
    } catch (error) {
      assert.fail(`PRIVET_SEED=${seed} PRIVET_SCHEDULES=1: ${(error as Error).stack}`);
    }
  }
});
