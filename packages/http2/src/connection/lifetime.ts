import { Deadline } from "./deadlines.ts";
import type { Session } from "./session.ts";

/** How long a connection lives: without streams, and at all (gRFC A9). */
export class Lifetime {
  readonly #session: Session;

  /** @param random in [0, 1), for the age's jitter */
  constructor(session: Session, random: () => number) {
    this.#session = session;
    const { maxConnectionAgeMs, ageJitter } = session.limits;
    this.idle();
    if (maxConnectionAgeMs !== Infinity) {
      const jitter = 1 + ageJitter * (2 * random() - 1);
      session.deadlines.arm(Deadline.AGE, maxConnectionAgeMs * jitter);
    }
  }

  /** There is no stream. */
  idle(): void {
    const { deadlines, limits } = this.#session;
    if (limits.maxConnectionIdleMs !== Infinity) {
      deadlines.arm(Deadline.IDLE, limits.maxConnectionIdleMs);
    }
  }

  /** There is one. */
  busy(): void {
    this.#session.deadlines.clear(Deadline.IDLE);
  }

  /** The connection is being drained because of its age: its streams get some more time. */
  aged(): void {
    const { deadlines, limits } = this.#session;
    deadlines.arm(Deadline.AGE_GRACE, limits.maxConnectionAgeGraceMs);
  }
}
