import { ErrorCode } from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { Bucket } from "./bucket.ts";
import type { BudgetToken } from "./stats.ts";

/** What an error of the peer's costs of `resets`: it made us send RST_STREAM, and may do so at will. */
const ERROR_COST = 2;

/**
 * What a cancelled call gives back to `resets`. Where our event loop stands
 * still, calls and the cancels of their deadlines pile up and are read in one
 * turn, just like a rapid reset; but the loop also runs, and then other calls
 * get to work before they are cancelled. So many early resets to each of those
 * are still honest: a loop that stands still for three quarters of the time.
 * An attacker can't make use of it, as each late reset takes a slot first.
 */
const LATE_RESET_CREDIT = 3;

/**
 * What the peer may make us do for nothing, RFC 9113 §10.5. Each event that it
 * can cause at will is charged here; honest traffic pays its way, with streams
 * that finish and with DATA that is worth an answer. Beyond a budget the
 * connection ends with ENHANCE_YOUR_CALM and the budget's token; or, where it
 * is only observed, the excess is counted and let pass.
 */
export class Budgets {
  readonly trips: Record<BudgetToken, number> = {
    too_many_resets: 0,
    too_many_early_resets: 0,
    too_many_control_frames: 0,
    too_many_continuations: 0,
    header_list_way_too_large: 0,
    too_many_empty_frames: 0,
    too_many_small_data: 0,
    too_many_pings: 0,
    too_many_settings: 0,
    too_many_window_updates: 0,
    too_many_priorities: 0,
    too_many_glitches: 0,
    too_many_informational: 0,
    write_stalled: 0,
  };

  readonly #limits: Limits;
  readonly #observe: boolean;
  readonly #resets: Bucket;
  readonly #glitches: Bucket;
  readonly #emptyFrames: Bucket;
  readonly #pings: Bucket;
  readonly #settingsChanges: Bucket;
  readonly #smallData: Bucket;
  #windowUpdates = 0;
  #priorities = 0;
  #paidPings = 0;

  constructor(limits: Limits, observe: boolean, now: number) {
    this.#limits = limits;
    this.#observe = observe;
    this.#resets = new Bucket(limits.resets, now);
    this.#glitches = new Bucket(limits.glitches, now);
    this.#emptyFrames = new Bucket(limits.emptyFrames, now);
    this.#pings = new Bucket(limits.pings, now);
    this.#settingsChanges = new Bucket(limits.settingsChanges, now);
    this.#smallData = new Bucket(limits.smallData, now);
  }

  /** The peer reset a stream before its work had begun. */
  earlyReset(now: number): void {
    if (!this.#resets.take(1, now)) this.trip("too_many_resets");
  }

  /** The peer reset a stream that was at work. */
  lateReset(): void {
    this.#resets.give(LATE_RESET_CREDIT);
  }

  /** The peer made us reset a stream, or opened one too many. */
  streamError(now: number): void {
    if (!this.#resets.take(ERROR_COST, now)) this.trip("too_many_resets");
  }

  streamFinished(): void {
    this.#resets.give(1);
  }

  /** A stream has to wait for a slot although the peer has reset others, behind `waiting` ones. */
  handlerQueue(waiting: number): void {
    if (waiting >= this.#limits.maxConcurrentStreams * this.#limits.handlerQueueFactor) {
      this.trip("too_many_early_resets");
    }
  }

  /** A frame without effect. */
  glitch(now: number): void {
    if (!this.#glitches.take(1, now)) this.trip("too_many_glitches");
  }

  /** DATA without data, that does not end the stream. */
  emptyData(now: number): void {
    if (!this.#emptyFrames.take(1, now)) this.trip("too_many_empty_frames");
  }

  /** A little DATA that nobody consumes. */
  smallData(now: number): void {
    if (!this.#smallData.take(1, now)) this.trip("too_many_small_data");
  }

  /** @param sent HEADERS and DATA that we have sent so far: each of them may be worth a PING to the peer */
  ping(now: number, sent: number): void {
    this.#pings.give(sent - this.#paidPings);
    this.#paidPings = sent;
    if (!this.#pings.take(1, now)) this.trip("too_many_pings");
  }

  settingsEntries(count: number): void {
    if (count > this.#limits.maxSettingsEntries) this.trip("too_many_settings");
  }

  settingsChange(now: number): void {
    if (!this.#settingsChanges.take(1, now)) this.trip("too_many_settings");
  }

  /** @param units streams opened and DATA frames sent so far */
  windowUpdate(units: number): void {
    const { windowUpdateBase, windowUpdatePerUnit } = this.#limits;
    if (++this.#windowUpdates > windowUpdateBase + units * windowUpdatePerUnit) {
      this.trip("too_many_window_updates");
    }
  }

  /** @param streams opened so far */
  priority(streams: number): void {
    if (++this.#priorities > this.#limits.priorityPerStream * (1 + streams)) {
      this.trip("too_many_priorities");
    }
  }

  continuation(count: number): void {
    if (count > this.#limits.maxContinuations) this.trip("too_many_continuations");
  }

  controlQueue(waiting: number): void {
    if (waiting > this.#limits.controlQueueMax) this.trip("too_many_control_frames");
  }

  /** @throws ConnectionError ENHANCE_YOUR_CALM, unless the budgets are only observed */
  trip(token: BudgetToken): void {
    if (!this.#observe) throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, token);
    this.trips[token]++;
  }

  /** A connection ends with `token`: counts it where it is that of a budget. */
  ended(token: string): void {
    if (Object.hasOwn(this.trips, token)) this.trips[token as BudgetToken]++;
  }
}
