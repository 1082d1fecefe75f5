/**
 * Calls in a closed loop, inside a client under test: `width` at a time, each
 * followed by the next while the window is open.
 */
export class CallLoop {
  readonly #call: (ended: (error?: Error) => void) => void;
  readonly #ended: (error?: Error) => void;
  #issuing = false;
  #underWay = 0;
  #completed = 0;
  #failure: Error | undefined;
  #drained: PromiseWithResolvers<void> = Promise.withResolvers();

  /** @param call makes one call and says, exactly once, how it ended */
  constructor(call: (ended: (error?: Error) => void) => void) {
    this.#call = call;
    this.#ended = (error) => this.#onEnded(error);
  }

  /** @throws Error of the first call that failed */
  async run(width: number, seconds: number): Promise<{ calls: number; seconds: number }> {
    const before = this.#completed;
    const startedAt = performance.now();
    this.#drained = Promise.withResolvers();
    this.#issuing = true;
    this.#underWay = width;
    for (let made = 0; made < width; made++) this.#call(this.#ended);
    const timer = setTimeout(() => {
      this.#issuing = false;
    }, seconds * 1000);
    await this.#drained.promise;
    clearTimeout(timer);
    if (this.#failure !== undefined) throw this.#failure;
    return { calls: this.#completed - before, seconds: (performance.now() - startedAt) / 1000 };
  }

  #onEnded(error: Error | undefined): void {
    if (error !== undefined) {
      this.#failure ??= error;
      this.#issuing = false;
    }
    this.#completed += 1;
    if (this.#issuing) {
      this.#call(this.#ended);
      return;
    }
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#drained.resolve();
  }
}
