import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";
import { formatTimeout, toHeaders } from "@privet/grpc-wire";
import type { ReceivedHeaders } from "@privet/http2";
import { type Address, formatAddress } from "../address.ts";
import type { DropPick, FailPick, Picker, ReadyPick } from "../balancer/picker.ts";
import { abortReason } from "../call/abort-reason.ts";
import { Attempt, type AttemptEnd, type AttemptOwner } from "../call/attempt.ts";
import type { CallHost } from "../call/call-host.ts";
import type { CallSpec } from "../call/call-spec.ts";
import { type Phase, phases } from "../call/phase.ts";
import type { CallUser } from "../call/call-user.ts";
import { credentialsFields } from "../call/credentials-fields.ts";
import { type Circumstances, deadlinePassed, explain } from "../call/explanation.ts";
import type { WaitingCall } from "../picker-gate.ts";
import type { ChannelSubchannel } from "../subchannel/channel-subchannel.ts";
import type { Timer } from "../timers.ts";
import { RetryBuffer } from "./buffer.ts";
import { RetryDecider } from "./decision.ts";
import { parsePushback, pushbackHeader } from "./pushback.ts";

/**
 * One call: as many attempts as it takes and is allowed (gRFC A6), within one
 * deadline, with one end.
 *
 *     STARTING ──► CREDENTIALS ──► PICKING ──► QUEUED ──► ATTEMPTING ──► RESPONDING ──► over
 *                       ▲             ▲ no room ─┘            │ failed
 *                       │             └── transparent retry ──┤
 *                       └── BACKING_OFF ◄── policy ───────────┘
 *
 * and over from everywhere: deadline, cancelled, failed for good.
 */
export class RetryingCall implements WaitingCall, AttemptOwner {
  readonly #host: CallHost;
  readonly #spec: CallSpec;
  readonly #user: CallUser;
  #phase: Phase = "STARTING";
  #over = false;

  /** The whole request, or what was sent of it. */
  #sole: Uint8Array | undefined = undefined;
  #buffer: RetryBuffer | undefined = undefined;
  #requestEnded = false;

  #pick: ReadyPick | undefined = undefined;
  /** Who gave the last pick. */
  #picker: Picker | undefined = undefined;
  #pickStarted = false;
  #attempt: Attempt | undefined = undefined;
  /** Of the last attempt. */
  #address: Address | undefined = undefined;
  #decider: RetryDecider | undefined = undefined;
  #lastError: ConnectError | undefined = undefined;
  #deadline = Infinity;
  #deadlineTimer: Timer | undefined = undefined;
  #backoffTimer: Timer | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;
  #credentialsSignal: AbortController | undefined = undefined;
  #header: Headers | undefined;
  /** With those of the credentials, where there are some. */
  #fields: string[] | undefined = undefined;

  constructor(host: CallHost, spec: CallSpec, user: CallUser) {
    this.#host = host;
    this.#spec = spec;
    this.#user = user;
    this.#header = spec.header;
  }

  // What a picker may know

  get path(): string {
    return this.#spec.path;
  }

  get header(): Headers {
    return (this.#header ??= new Headers());
  }

  get waitForReady(): boolean {
    return (
      this.#spec.waitForReady ??
      this.#host.configOf(this.path).waitForReady ??
      this.#host.waitForReady
    );
  }

  // The user's side

  /** @param request the whole of it; without one, `send()` and `end()` follow when `writable()` is called */
  start(request?: Uint8Array): void {
    const { signal, deadline } = this.#spec;
    const host = this.#host;
    this.#sole = request;
    if (request === undefined) {
      this.#buffer = new RetryBuffer(host.retryBufferBytes, host.quota);
    }
    host.callStarted();
    if (signal !== undefined) {
      if (signal.aborted) return this.cancel(abortReason(signal));
      this.#onAbort = () => this.cancel(abortReason(signal));
      signal.addEventListener("abort", this.#onAbort);
    }
    if (deadline !== Infinity && !this.#limitTime(deadline)) return;
    this.#next();
  }

  /** Sends the next message, with its prefix. @returns false when there is no more room: `writable()` follows */
  send(message: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#phase !== "RESPONDING") this.#buffer?.push(message);
    if (this.#attempt?.begun === true) return this.#attempt.send(message, false);
    // What can't be kept can't be sent later either.
    if (!this.#replayable) {
      this.cancel(
        this.#lastError ??
          new ConnectError(
            "the request is too large to wait for a connection",
            Code.ResourceExhausted,
          ),
      );
    }
    return false;
  }

  /** The request is complete. */
  end(): void {
    if (this.#over || this.#requestEnded) return;
    this.#requestEnded = true;
    this.#attempt?.send(nothing, true);
  }

  /** Ends the call, unless it is over. */
  cancel(error: ConnectError): void {
    if (this.#over) return;
    this.#host.gate.remove(this);
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.cancel();
    this.#endPick(error, undefined);
    this.#finish(error, undefined);
  }

  /** Gives back the credit of messages, prefixes included. */
  consume(octets: number): void {
    this.#attempt?.consume(octets);
  }

  /** The message that is being received is wanted whole. */
  expectRest(): void {
    this.#attempt?.expectRest();
  }

  /** What an error would say if the deadline passed now. */
  deadlineError(): ConnectError {
    const { gate, timers } = this.#host;
    const what = this.#phase === "PICKING" ? gate.waitingFor : phases[this.#phase];
    const last = this.#lastError ? `, last attempt: ${this.#lastError.rawMessage}` : "";
    const afterMs = timers.now() - this.#spec.startedAt;
    return deadlinePassed(afterMs, what + last, this.#circumstances);
  }

  // The gate's

  picked(result: ReadyPick | FailPick | DropPick): void {
    if (this.#over) return;
    if (result.kind === "ready") return this.#begin(result);
    if (result.kind === "fail") return this.#failed(result.error, unpicked);
    this.#finish(explain(result.error, this.#circumstances), undefined);
  }

  // The attempt's

  begun(): void {
    this.#phase = "ATTEMPTING";
    this.#pickStarted = true;
    this.#pick?.started?.();
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    if (this.#sole !== undefined) {
      attempt.send(this.#sole, true);
      return;
    }
    let room = true;
    for (const message of this.#buffer?.messages ?? []) room = attempt.send(message, false);
    if (this.#requestEnded) attempt.send(nothing, true);
    else if (room) this.#user.writable();
  }

  writable(): void {
    if (this.#sole === undefined && !this.#requestEnded) this.#user.writable();
  }

  head(headers: ReceivedHeaders, compression: Compression | null): void {
    this.#phase = "RESPONDING";
    this.#buffer?.drop();
    this.#user.head(headers, compression);
  }

  message(bytes: Uint8Array, flags: number, owned: boolean): void {
    this.#user.message(bytes, flags, owned);
  }

  received(octets: number): void {
    this.#user.received(octets);
  }

  incomplete(): void {
    this.#user.incomplete();
  }

  turnedAway(): void {
    this.#repick();
  }

  ended(end: AttemptEnd): void {
    this.#attempt = undefined;
    this.#endPick(end.error, end.trailers);
    if (end.error !== undefined) return this.#failed(end.error, end);
    this.#host.budget?.succeeded();
    this.#finish(undefined, end.trailers);
  }

  #failed(error: ConnectError, { reach, trailers, lost }: Omit<AttemptEnd, "error">): void {
    if (lost && this.#late) {
      // The server's clock was faster with the same deadline.
      this.#finish(this.deadlineError(), trailers);
      return;
    }
    const decision = this.#decide().failed({
      reach: this.#replayable ? reach : "committed",
      code: error.code,
      pushback: parsePushback(trailers?.get(pushbackHeader)),
    });
    this.#lastError = error;
    switch (decision.kind) {
      case "fail":
        this.#finish(lost ? explain(error, this.#circumstances) : error, trailers);
        return;
      case "transparent":
        this.#next();
        return;
      case "retry":
        this.#phase = "BACKING_OFF";
        this.#backoffTimer = this.#host.timers.set(decision.delayMs, () => this.#next());
    }
  }

  // Towards the next attempt

  #next(): void {
    this.#backoffTimer = undefined;
    const { credentials, path, serviceUrl } = this.#spec;
    if (credentials.length === 0) {
      this.#fields = undefined;
      this.#choose();
      return;
    }
    this.#phase = "CREDENTIALS";
    this.#credentialsSignal = new AbortController();
    const { signal } = this.#credentialsSignal;
    const fields = credentialsFields(credentials, { path, serviceUrl, signal });
    if (!(fields instanceof Promise)) {
      this.#authorized(fields);
      return;
    }
    fields.then(
      (more) => this.#authorized(more),
      (error: ConnectError) => this.cancel(explain(error, this.#circumstances)),
    );
  }

  #authorized(fields: readonly string[]): void {
    if (this.#over) return;
    this.#fields = [...this.#spec.attempt.fields, ...fields];
    this.#choose();
  }

  #choose(stale?: Picker): void {
    this.#credentialsSignal = undefined;
    this.#phase = "PICKING";
    const result = this.#host.gate.pick(this, stale);
    if (result.kind !== "wait") this.picked(result);
  }

  /** The connection has just gone: another is wanted, and not the same answer again. */
  #repick(): void {
    this.#pick = undefined;
    this.#attempt = undefined;
    // There may be another picker by now, which hasn't been asked.
    this.#choose(this.#picker);
  }

  /** @returns false where it is too late already, and the call over */
  #limitTime(deadline: number): boolean {
    if (deadline >= this.#deadline) return true;
    const { timers } = this.#host;
    if (this.#deadlineTimer !== undefined) timers.clear(this.#deadlineTimer);
    this.#deadlineTimer = undefined;
    this.#deadline = deadline;
    const leftMs = deadline - timers.now();
    if (leftMs > 0) this.#deadlineTimer = timers.set(leftMs, () => this.#expire());
    else this.#expire();
    return leftMs > 0;
  }

  #begin(pick: ReadyPick): void {
    this.#picker = this.#host.gate.current;
    // Before the first resolution, nobody knew what the service config would say.
    const { timeoutMs } = this.#host.configOf(this.path);
    if (timeoutMs !== undefined && !this.#limitTime(this.#spec.startedAt + timeoutMs)) return;
    const live = (pick.subchannel.base as ChannelSubchannel).live;
    if (live === undefined) return this.#repick();
    this.#pick = pick;
    this.#pickStarted = false;
    this.#address = pick.subchannel.address;
    this.#phase = "QUEUED";
    this.#attempt = new Attempt(this, live, this.#attemptOptions());
    if (!this.#attempt.start()) this.#repick();
  }

  #attemptOptions(): CallSpec["attempt"] {
    const { attempt } = this.#spec;
    const deadline = this.#deadline;
    const previous = (this.#decider?.attempts ?? 1) - 1;
    const { maxResponseMessageBytes = Infinity } = this.#host.configOf(this.path);
    const readMaxBytes = Math.min(attempt.readMaxBytes, maxResponseMessageBytes);
    if (deadline === Infinity && previous === 0 && this.#fields === undefined) {
      return readMaxBytes === attempt.readMaxBytes ? attempt : { ...attempt, readMaxBytes };
    }
    const fields = [...(this.#fields ?? attempt.fields)];
    if (deadline !== Infinity) {
      const leftMs = Math.max(1, Math.ceil(deadline - this.#host.timers.now()));
      fields.push("grpc-timeout", formatTimeout(leftMs));
    }
    if (previous > 0) fields.push("grpc-previous-rpc-attempts", String(previous));
    return { ...attempt, readMaxBytes, fields };
  }

  // The end

  #expire(): void {
    this.#deadlineTimer = undefined;
    this.cancel(this.deadlineError());
  }

  #endPick(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void {
    const pick = this.#pick;
    this.#pick = undefined;
    if (pick?.ended === undefined || !this.#pickStarted) return;
    const trailer = trailers === undefined ? new Headers() : toHeaders(trailers.snapshot());
    pick.ended({ error, trailer });
  }

  #finish(error: ConnectError | undefined, trailers: ReceivedHeaders | undefined): void {
    if (this.#over) return;
    this.#over = true;
    const { timers } = this.#host;
    if (this.#deadlineTimer !== undefined) timers.clear(this.#deadlineTimer);
    if (this.#backoffTimer !== undefined) timers.clear(this.#backoffTimer);
    if (this.#onAbort !== undefined) {
      this.#spec.signal?.removeEventListener("abort", this.#onAbort);
    }
    this.#credentialsSignal?.abort();
    this.#buffer?.drop();
    this.#host.callEnded();
    this.#user.ended(error, trailers);
  }

  #decide(): RetryDecider {
    const { budget, maxAttempts } = this.#host;
    const { retryPolicy: policy } = this.#host.configOf(this.path);
    return (this.#decider ??= new RetryDecider({ policy, budget, attemptsLimit: maxAttempts }, () =>
      this.#host.random(),
    ));
  }

  /** The deadline has passed, and its alarm is about to say so: it goes off in ticks. */
  get #late(): boolean {
    return this.#host.timers.now() + 1 >= this.#deadline;
  }

  /** Whether all that was sent can be sent again. */
  get #replayable(): boolean {
    return this.#sole !== undefined || this.#buffer?.complete === true;
  }

  get #circumstances(): Circumstances {
    const address = this.#address;
    return {
      path: this.path,
      target: this.#host.target,
      address: address && formatAddress(address),
      attempts: this.#decider?.attempts ?? 1,
    };
  }
}

const nothing = new Uint8Array(0);
const unpicked = { reach: "unpicked", trailers: undefined, lost: true } as const;
