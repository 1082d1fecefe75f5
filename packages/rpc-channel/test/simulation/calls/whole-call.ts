import assert from "node:assert/strict";
import { Code, ConnectError, createContextValues } from "@connectrpc/connect";
import type { CallOptions, Client } from "@connectrpc/connect";
import { ErrorCode } from "@privet/http2";
import type { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { waitForReady } from "../../../src/wait-for-ready.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";
import { codeOfReset, type Served } from "./endings.ts";

export const kinds = ["unary", "server streaming", "client streaming", "bidi streaming"] as const;
type Kind = (typeof kinds)[number];

export interface CallPlan {
  readonly number: number;
  readonly kind: Kind;
  readonly timeoutMs: number | undefined;
  readonly waitForReady: boolean;
  /** Milliseconds before each message of the request, where it is a stream. */
  readonly pausesMs: readonly number[];
}

/** What the channel may do, and what has been done to it. */
export interface Circumstances {
  /** The most that any service config allows so far. */
  readonly mostAttempts: number;
  /** The shortest timeout of any service config so far. */
  readonly configTimeoutMs: number;
  readonly waitForReadyByConfig: boolean;
  readonly closed: boolean;
  /** When time that had been asleep went on. */
  readonly wakings: readonly number[];
}

/** A call as its caller sees it, and what the servers saw of it. */
export class WholeCall {
  readonly plan: CallPlan;
  readonly startedAt: number;
  readonly seen: Served[] = [];
  readonly texts: string[] = [];
  readonly #time: VirtualTime;
  readonly #controller = new AbortController();
  settled = 0;
  settledAt: number = Infinity;
  error: ConnectError | undefined;
  cancelled = false;

  constructor(plan: CallPlan, time: VirtualTime, client: Client<typeof GreeterService>) {
    this.plan = plan;
    this.#time = time;
    this.startedAt = time.now();
    this.#make(client).then(
      () => this.#settle(undefined),
      (error: unknown) => this.#settle(ConnectError.from(error)),
    );
  }

  get deadline(): number {
    return this.startedAt + (this.plan.timeoutMs ?? Infinity);
  }

  cancel(): void {
    if (this.settled > 0) return;
    this.cancelled = true;
    this.#controller.abort();
  }

  /** @throws AssertionError where it ended as it should not have */
  check(circumstances: Circumstances): void {
    assert.equal(this.settled, 1, "a call settles once");
    this.#checkTime(circumstances);
    this.#checkAttempts(circumstances);
    if (this.error === undefined) this.#checkSuccess();
    else this.#checkReason(this.error, circumstances);
  }

  async #make(client: Client<typeof GreeterService>): Promise<void> {
    const { number, kind, timeoutMs } = this.plan;
    const values = createContextValues();
    if (this.plan.waitForReady) values.set(waitForReady, true);
    const options: CallOptions = {
      headers: { "x-call": String(number) },
      signal: this.#controller.signal,
      contextValues: values,
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    switch (kind) {
      case "unary":
        this.texts.push((await client.sayHello({ name: "A" }, options)).greeting);
        return;
      case "server streaming":
        return this.#read(client.sayHelloInLanguages({ name: "A" }, options));
      case "client streaming":
        this.texts.push((await client.sayHelloToAll(this.#names(), options)).greeting);
        return;
      case "bidi streaming":
        return this.#read(client.sayHelloToEach(this.#names(), options));
    }
  }

  async #read(responses: AsyncIterable<{ readonly greeting: string }>): Promise<void> {
    for await (const { greeting } of responses) this.texts.push(greeting);
  }

  async *#names(): AsyncGenerator<{ name: string }> {
    for (const pauseMs of this.plan.pausesMs) {
      if (pauseMs > 0) await new Promise<void>((resolve) => this.#time.set(pauseMs, resolve));
      yield { name: "A" };
    }
  }

  #settle(error: ConnectError | undefined): void {
    this.settled++;
    this.settledAt = this.#time.now();
    this.error = error;
  }

  #checkTime({ wakings }: Circumstances): void {
    if (this.settledAt <= this.deadline) return;
    const awake = wakings.find((at) => at >= this.deadline) ?? Infinity;
    assert.ok(this.settledAt <= awake, `settled ${this.settledAt - this.deadline} ms too late`);
  }

  /**
   * What servers saw, but for what came late: a wire that was stalled may bring
   * an attempt when the client has given that up and made the next one.
   */
  #seenInOrder(): readonly Served[] {
    return this.seen.filter(
      ({ previous, request }, i) =>
        !request.wire.lossy || this.seen.slice(0, i).every((before) => before.previous <= previous),
    );
  }

  /** The attempt that was made last, of those that came. */
  get latest(): Served | undefined {
    return this.#seenInOrder().at(-1);
  }

  #checkSuccess(): void {
    const last = this.latest;
    const kind = last?.ending.kind;
    assert.ok(kind === "ok" || kind === "drain", `succeeded, where the server said ${kind}`);
    const { length } = this.texts;
    assert.ok(
      this.texts.every((text) => text === last?.text),
      "another call's answer",
    );
    const streams = this.plan.kind === "server streaming" || this.plan.kind === "bidi streaming";
    const expected = last?.ending.kind === "ok" && streams ? last.ending.messages : 1;
    assert.equal(length, expected, `${length} messages, where ${expected} were sent`);
  }

  /** What the servers saw is what may have been tried. */
  #checkAttempts({ mostAttempts }: Circumstances): void {
    const refused = this.seen.filter(
      ({ ending }) => ending.kind === "reset" && ending.code === ErrorCode.REFUSED_STREAM,
    ).length;
    const most = mostAttempts + Math.min(refused, 1);
    assert.ok(this.seen.length <= most, `${this.seen.length} attempts, where ${most} are allowed`);
    let transparent = 0;
    const seen = this.#seenInOrder();
    for (const [i, served] of seen.entries()) {
      const before = seen[i - 1];
      if (before === undefined) continue;
      assert.ok(served.previous >= before.previous, "the count of attempts goes back");
      if (served.previous === before.previous) transparent++;
      this.#checkAgain(before, served);
    }
    assert.ok(transparent <= Math.min(refused, 1), "seen, and tried again uncounted");
    assert.ok((seen.at(-1)?.previous ?? 0) < mostAttempts, "more attempts than allowed");
  }

  /** Whether there was reason to try again, by what had become of it before. */
  #checkAgain({ ending, answeredAt, request }: Served, { arrivedAt }: Served): void {
    if (answeredAt === undefined || request.wire.lossy) return;
    const { kind } = ending;
    assert.ok(kind === "status" || kind === "reset" || kind === "abort", `again after ${kind}`);
    if (ending.kind !== "status") return;
    assert.notEqual(ending.code, Code.InvalidArgument, "again after a code that is final");
    const { pushback = "0" } = ending;
    assert.match(pushback, /^\d+$/, "again, where the server asked not to");
    assert.ok(arrivedAt >= answeredAt + Number(pushback), "again before the server wanted it");
  }

  #checkReason({ code, rawMessage }: ConnectError, circumstances: Circumstances): void {
    if (code === Code.DeadlineExceeded) {
      const { configTimeoutMs } = circumstances;
      const deadline = Math.min(this.deadline, this.startedAt + configTimeoutMs);
      assert.ok(this.settledAt >= deadline - 1, `${rawMessage}: before its deadline`);
    } else if (code === Code.Canceled && (this.cancelled || circumstances.closed)) {
      // It was.
    } else if (code === Code.Unavailable) {
      const connected = /^no connection|^name resolution failed|can't be used/.exec(rawMessage);
      const waits = this.plan.waitForReady || circumstances.waitForReadyByConfig;
      assert.ok(connected === null || !waits, `it should have waited: ${rawMessage}`);
    } else {
      const expected = this.seen.flatMap(({ ending }) => codesOf(ending));
      assert.ok(expected.includes(code), `${Code[code]} out of nowhere: ${rawMessage}`);
    }
  }
}

function codesOf(ending: Served["ending"]): Code[] {
  if (ending.kind === "status" || ending.kind === "late status") return [ending.code];
  if (ending.kind !== "reset" && ending.kind !== "late reset") return [];
  return [codeOfReset.get(ending.code) ?? Code.Unknown];
}
