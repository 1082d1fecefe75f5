import assert from "node:assert/strict";
import { test } from "node:test";
import { TICK_MS, TimingWheel, WheelEntry } from "../../src/node/timing-wheel.ts";
import { VirtualClock } from "./testkit/virtual-clock.ts";

/** Writes down when each of its entries was told. */
class Owner {
  readonly told: number[] = [];
  readonly entry: WheelEntry = new WheelEntry(this);
  readonly #also: (now: number) => void;
  constructor(also: (now: number) => void = () => {}) {
    this.#also = also;
  }
  expire(now: number): void {
    this.told.push(now);
    this.#also(now);
  }
}

test("an entry is told once, at its deadline or up to one tick later", () => {
  for (const delay of [0, 1, 15, 16, 17, 100, 8191, 8192, 8193, 60_000, 7_200_000]) {
    const clock = new VirtualClock(12_345.678);
    const wheel = new TimingWheel(clock);
    const owner = new Owner();
    const deadline = clock.now() + delay;
    wheel.schedule(owner.entry, deadline);
    clock.advance(delay + 10 * TICK_MS);
    assert.equal(owner.told.length, 1, `delay ${delay}`);
    const late = (owner.told[0] ?? NaN) - deadline;
    assert.ok(late >= 0 && late <= TICK_MS, `delay ${delay}: ${late} ms late`);
  }
});

test("a cancelled entry is never told, and an empty wheel has no timer", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owner = new Owner();
  assert.equal(clock.pending, 0);
  wheel.schedule(owner.entry, 100);
  assert.equal(clock.pending, 1);
  wheel.cancel(owner.entry);
  assert.equal(wheel.size, 0);
  assert.equal(clock.pending, 0);
  clock.advance(1000);
  assert.deepEqual(owner.told, []);
});

test("when the last entry has been told, the timer is gone", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owner = new Owner();
  wheel.schedule(owner.entry, 100);
  clock.advance(200);
  assert.equal(owner.told.length, 1);
  assert.equal(clock.pending, 0);
});

test("a deadline moves both ways", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owner = new Owner();
  wheel.schedule(owner.entry, 1000);
  wheel.schedule(owner.entry, 100_000);
  clock.advance(2000);
  assert.deepEqual(owner.told, []);
  wheel.schedule(owner.entry, 2100);
  clock.advance(200);
  assert.equal(owner.told.length, 1);
  assert.equal(wheel.size, 0);
});

test("a deadline in the past is told at the next tick, not at once", () => {
  const clock = new VirtualClock(1000);
  const wheel = new TimingWheel(clock);
  const owner = new Owner();
  wheel.schedule(owner.entry, 10);
  assert.deepEqual(owner.told, []);
  clock.advance(TICK_MS);
  assert.equal(owner.told.length, 1);
});

test("an owner that sets a new deadline as it is told is told again, a tick later at the earliest", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owner: Owner = new Owner((now) => {
    if (owner.told.length < 3) wheel.schedule(owner.entry, now);
  });
  wheel.schedule(owner.entry, 0);
  clock.advance(10 * TICK_MS);
  assert.deepEqual(owner.told, [TICK_MS, 2 * TICK_MS, 3 * TICK_MS]);
});

test("an owner that cancels another one due at the same tick saves it from being told", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owners: Owner[] = [];
  for (let i = 0; i < 2; i++) {
    owners.push(new Owner(() => owners.forEach((owner) => wheel.cancel(owner.entry))));
  }
  for (const owner of owners) wheel.schedule(owner.entry, 50);
  clock.advance(100);
  assert.equal(owners.flatMap((owner) => owner.told).length, 1);
});

test("a wheel that stood still while the event loop was blocked tells all that came due", () => {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock);
  const owners = [1, 5000, 8000, 9000, 60_000, 99_000].map((deadline) => {
    const owner = new Owner();
    wheel.schedule(owner.entry, deadline);
    return owner;
  });
  clock.jump(100_000);
  assert.deepEqual(
    owners.map((owner) => owner.told),
    owners.map(() => [100_000]),
  );
});

test("far deadlines wake the process once in four seconds, not at each tick", () => {
  let alarms = 0;
  const clock = new VirtualClock();
  const counting = {
    now: () => clock.now(),
    after: (delayMs: number, callback: () => void) => {
      alarms++;
      return clock.after(delayMs, callback);
    },
  };
  const wheel = new TimingWheel(counting);
  for (let i = 0; i < 100; i++) wheel.schedule(new Owner().entry, 7_200_000 + i);
  clock.advance(60_000);
  assert.ok(alarms <= 60_000 / 4096 + 2, `${alarms} alarms in a minute`);
});

/** The naive twin: a list that is looked through at every tick. */
class NaiveWheel {
  readonly #deadlines = new Map<number, number>();
  schedule(id: number, deadline: number): void {
    this.#deadlines.set(id, Math.ceil(deadline / TICK_MS) * TICK_MS);
  }
  cancel(id: number): void {
    this.#deadlines.delete(id);
  }
  due(now: number): number[] {
    const ids = [...this.#deadlines].filter(([, at]) => at <= now).map(([id]) => id);
    for (const id of ids) this.#deadlines.delete(id);
    return ids;
  }
  get size(): number {
    return this.#deadlines.size;
  }
}

test("random deadlines, moves, cancels and jumps give what the naive twin gives", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = generator(seed);
    const clock = new VirtualClock(random() * 100_000);
    const wheel = new TimingWheel(clock);
    const twin = new NaiveWheel();
    const told: number[] = [];
    const owners = Array.from({ length: 50 }, (_, id) => new Owner(() => told.push(id)));
    for (let step = 0; step < 400; step++) {
      const id = Math.floor(random() * owners.length);
      const owner = owners[id];
      assert.ok(owner);
      const dice = random();
      if (dice < 0.6) {
        const deadline = clock.now() + 0.001 + random() ** 4 * 30_000;
        wheel.schedule(owner.entry, deadline);
        twin.schedule(id, deadline);
      } else if (dice < 0.7) {
        wheel.cancel(owner.entry);
        twin.cancel(id);
      } else {
        clock.jump(random() < 0.1 ? random() * 20_000 : random() * 100);
        const expected = twin.due(clock.now());
        assert.deepEqual(new Set(told.splice(0)), new Set(expected), `seed ${seed}, step ${step}`);
        assert.equal(wheel.size, twin.size);
      }
    }
  }
});

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
