import type { Code } from "@connectrpc/connect";
import type { Backoff } from "../backoff.ts";
import { retryBackoff } from "./backoff.ts";
import type { RetryBudget } from "./budget.ts";
import { maxAttemptsLimit, type RetryPolicy } from "./policy.ts";
import type { Pushback } from "./pushback.ts";

/** How far an attempt that failed had got. */
export type Reach =
  /** There was no connection to send it on. */
  | "unpicked"
  /** Nothing of it was written: no server has seen it. */
  | "unsent"
  /** Written, but the server says that it did nothing with it: REFUSED_STREAM, or an id above GOAWAY's last. */
  | "refused"
  /** A server may have worked on it. */
  | "seen"
  /** The response has begun, or too much was sent to keep: the call is committed to this attempt. */
  | "committed";

/** How an attempt failed. */
export interface FailedAttempt {
  readonly reach: Reach;
  readonly code: Code;
  readonly pushback: Pushback;
}

export type RetryDecision =
  /** Again, after so many milliseconds, as another attempt. */
  | { readonly kind: "retry"; readonly delayMs: number }
  /** Again at once, as the same attempt: to pick anew is all the waiting there is. */
  | { readonly kind: "transparent" }
  /** The failure is the call's. `reason` ends «not tried again: …». */
  | { readonly kind: "fail"; readonly reason: string };

const transparent: RetryDecision = { kind: "transparent" };

export interface RetryOptions {
  /** Without one, only transparent retries are made. */
  readonly policy: RetryPolicy | undefined;
  readonly budget: RetryBudget | undefined;
  /** Default 5. */
  readonly attemptsLimit?: number;
}

/**
 * Decides, for one call, what follows on a failed attempt (gRFC A6):
 *
 *     unsent                      ──► transparent, as often as it takes
 *     refused, for the first time ──► transparent
 *     committed                   ──► fail
 *     seen, or refused again,
 *     or no connection at all     ──► policy: code, push-back, budget, attempts ──► retry or fail
 */
export class RetryDecider {
  readonly #policy: RetryPolicy | undefined;
  readonly #budget: RetryBudget | undefined;
  readonly #maxAttempts: number;
  readonly #backoff: Backoff | undefined;
  #attempts: number;
  #refused: boolean;

  constructor(options: RetryOptions, random: () => number) {
    const { policy, budget, attemptsLimit = maxAttemptsLimit } = options;
    this.#policy = policy;
    this.#budget = budget;
    this.#maxAttempts = Math.min(policy?.maxAttempts ?? 1, attemptsLimit);
    this.#backoff = policy && retryBackoff(policy, random);
    this.#attempts = 1;
    this.#refused = false;
  }

  /** Attempts begun, transparent retries not counted: `grpc-previous-rpc-attempts` is one less. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The call is over, and well. */
  succeeded(): void {
    this.#budget?.succeeded();
  }

  failed(attempt: FailedAttempt): RetryDecision {
    switch (attempt.reach) {
      case "unsent":
        return transparent;
      case "refused":
        if (this.#refused) break;
        this.#refused = true;
        return transparent;
      case "committed":
        // The server failed all the same, which the budget is there to notice.
        this.#charge(attempt);
        return fail("the response had begun");
      case "unpicked":
      case "seen":
        break;
    }
    return this.#byPolicy(attempt);
  }

  #byPolicy(attempt: FailedAttempt): RetryDecision {
    const charged = this.#charge(attempt);
    if (this.#policy === undefined) return fail("no retry policy");
    if (attempt.pushback.kind === "stop") return fail("the server asked not to");
    if (!charged) return fail("its code isn't retryable");
    if (this.#attempts >= this.#maxAttempts) return fail(`all ${this.#maxAttempts} attempts made`);
    if (this.#budget?.allows === false) return fail("too many calls fail");
    this.#attempts++;
    return { kind: "retry", delayMs: this.#delay(attempt.pushback) };
  }

  /** @returns whether the policy could try such a failure again */
  #charge({ code, pushback }: FailedAttempt): boolean {
    const retryable = this.#policy?.retryableCodes.has(code) === true;
    if (retryable || pushback.kind === "stop") this.#budget?.failed();
    return retryable;
  }

  #delay(pushback: Pushback): number {
    if (pushback.kind === "delay") {
      // The server knows better; should it fall silent, the delays begin anew.
      this.#backoff?.reset();
      return pushback.ms;
    }
    return this.#backoff?.next() ?? 0;
  }
}

function fail(reason: string): RetryDecision {
  return { kind: "fail", reason };
}
