import { type Alarm, type Clock, systemClock } from "./clock.ts";

/**
 * A hashed timing wheel: a deadline costs two pointer writes to set, to move
 * and to cancel, where a timer of Node's costs some fifteen times that.
 *
 *     near   512 slots of 16 ms, one list each: the next 8.2 s
 *     far    one list of everything later, looked through every 4.1 s
 *     due    what has come due and is being told so
 *
 * An entry is told at its deadline or up to one tick later, never before.
 */
export const TICK_MS = 16;
const SLOTS = 512;
const FAR = SLOTS;
const DUE = SLOTS + 1;
const NOWHERE = -1;
/** Half a turn: whatever is far at one look is still ahead at the next. */
const FAR_LOOK_TICKS = SLOTS / 2;

/** Whoever owns an entry. */
export interface Expiring {
  expire(now: number): void;
}

/** One deadline; its links belong to the wheel. */
export class WheelEntry {
  readonly owner: Expiring;
  /** On the wheel's clock, in milliseconds; Infinity where none is set. */
  deadline: number;
  list: number;
  tick: number;
  next: WheelEntry | undefined;
  previous: WheelEntry | undefined;

  constructor(owner: Expiring) {
    this.owner = owner;
    this.deadline = Infinity;
    this.list = NOWHERE;
    this.tick = 0;
    this.next = undefined;
    this.previous = undefined;
  }
}

export class TimingWheel {
  readonly clock: Clock;
  readonly #lists: (WheelEntry | undefined)[];
  #size: number;
  /** The last tick that has been dealt with. */
  #tick: number;
  #farLookTick: number;
  #alarm: Alarm | undefined;
  #alarmTick: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#lists = Array.from({ length: SLOTS + 2 });
    this.#size = 0;
    this.#tick = Math.floor(clock.now() / TICK_MS);
    this.#farLookTick = this.#tick + FAR_LOOK_TICKS;
    this.#alarm = undefined;
    this.#alarmTick = Infinity;
  }

  /** How many entries wait. */
  get size(): number {
    return this.#size;
  }

  /** Sets the deadline of an entry, or moves it. Infinity takes it away. */
  schedule(entry: WheelEntry, deadline: number): void {
    if (entry.list !== NOWHERE) {
      this.#unlink(entry);
    }
    entry.deadline = deadline;
    if (deadline === Infinity) {
      this.#disarmIfEmpty();
      return;
    }
    if (this.#size === 0) {
      // Nothing has turned the wheel while it was empty.
      this.#tick = Math.floor(this.clock.now() / TICK_MS);
      this.#farLookTick = this.#tick + FAR_LOOK_TICKS;
    }
    entry.tick = Math.max(Math.ceil(deadline / TICK_MS), this.#tick + 1);
    this.#link(entry, this.#listOf(entry.tick));
    this.#armFor(Math.min(entry.tick, this.#farLookTick));
  }

  cancel(entry: WheelEntry): void {
    this.schedule(entry, Infinity);
  }

  #listOf(tick: number): number {
    return tick - this.#tick < SLOTS ? tick % SLOTS : FAR;
  }

  #link(entry: WheelEntry, list: number): void {
    const head = this.#lists[list];
    entry.list = list;
    entry.next = head;
    entry.previous = undefined;
    if (head !== undefined) {
      head.previous = entry;
    }
    this.#lists[list] = entry;
    this.#size++;
  }

  #unlink(entry: WheelEntry): void {
    if (entry.previous === undefined) {
      this.#lists[entry.list] = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next !== undefined) {
      entry.next.previous = entry.previous;
    }
    entry.list = NOWHERE;
    entry.next = undefined;
    entry.previous = undefined;
    this.#size--;
  }

  /** Everything that has come due is gathered first: whoever is told may set new deadlines. */
  #turn(): void {
    this.#alarm = undefined;
    this.#alarmTick = Infinity;
    const now = this.clock.now();
    const reached = Math.floor(now / TICK_MS);
    const first = Math.max(this.#tick + 1, reached - SLOTS + 1);
    for (let tick = first; tick <= reached; tick++) {
      this.#gather(tick % SLOTS, reached);
    }
    this.#tick = Math.max(this.#tick, reached);
    if (reached >= this.#farLookTick) {
      this.#farLookTick = reached + FAR_LOOK_TICKS;
      this.#gather(FAR, reached);
    }
    try {
      this.#tell(now);
    } finally {
      this.#armForNext();
    }
  }

  /** Sorts a list anew: to the due ones, to a near slot, or back. */
  #gather(list: number, reached: number): void {
    let entry = this.#lists[list];
    while (entry !== undefined) {
      const next: WheelEntry | undefined = entry.next;
      const to = entry.tick <= reached ? DUE : this.#listOf(entry.tick);
      if (to !== list) {
        this.#unlink(entry);
        this.#link(entry, to);
      }
      entry = next;
    }
  }

  #tell(now: number): void {
    let entry = this.#lists[DUE];
    while (entry !== undefined) {
      this.#unlink(entry);
      entry.deadline = Infinity;
      entry.owner.expire(now);
      entry = this.#lists[DUE];
    }
  }

  #armForNext(): void {
    if (this.#size === 0) {
      this.#disarmIfEmpty();
      return;
    }
    let tick = this.#tick + 1;
    while (tick < this.#farLookTick && this.#lists[tick % SLOTS] === undefined) {
      tick++;
    }
    this.#armFor(tick);
  }

  #armFor(tick: number): void {
    if (tick >= this.#alarmTick) {
      return;
    }
    this.#alarm?.cancel();
    this.#alarmTick = tick;
    const delayMs = Math.max(0, tick * TICK_MS - this.clock.now());
    this.#alarm = this.clock.after(delayMs, () => this.#turn());
  }

  #disarmIfEmpty(): void {
    if (this.#size > 0) {
      return;
    }
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#alarmTick = Infinity;
  }
}

/** The one wheel of this thread. */
export const threadWheel: TimingWheel = new TimingWheel(systemClock);
