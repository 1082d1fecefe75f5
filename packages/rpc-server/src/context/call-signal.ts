/**
 * The signal of one call, made when somebody asks for it: an AbortController
 * costs more than all else that a short call needs.
 */
export class CallSignal {
  #controller: AbortController | undefined = undefined;
  #ended = false;
  #reason: unknown = undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** @param reason undefined is an AbortError: the call has completed. The first counts. */
  abort(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
