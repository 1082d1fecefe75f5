/** What a channel may keep of its calls' requests, over all of them. */
export class BufferQuota {
  readonly #limit: number;
  #used = 0;

  /** @param limit octets */
  constructor(limit: number) {
    this.#limit = limit;
  }

  take(octets: number): boolean {
    if (this.#used + octets > this.#limit) return false;
    this.#used += octets;
    return true;
  }

  giveBack(octets: number): void {
    this.#used -= octets;
  }
}

/** What has been sent of a request, to be sent again; within limits, beyond which there is no again. */
export class RetryBuffer {
  readonly #limit: number;
  readonly #quota: BufferQuota;
  #messages: Uint8Array[] | undefined = [];
  #octets = 0;

  /** @param limit octets of one call */
  constructor(limit: number, quota: BufferQuota) {
    this.#limit = limit;
    this.#quota = quota;
  }

  /** Whether all that was sent is here. */
  get complete(): boolean {
    return this.#messages !== undefined;
  }

  get messages(): readonly Uint8Array[] {
    return this.#messages ?? [];
  }

  /** Keeps a message, or nothing at all any more where that is too much. */
  push(message: Uint8Array): void {
    if (this.#messages === undefined) return;
    const { length } = message;
    if (this.#octets + length > this.#limit || !this.#quota.take(length)) {
      this.drop();
      return;
    }
    this.#octets += length;
    this.#messages.push(message);
  }

  /** Nothing of it is needed any more. May be called again. */
  drop(): void {
    if (this.#messages === undefined) return;
    this.#messages = undefined;
    this.#quota.giveBack(this.#octets);
    this.#octets = 0;
  }
}
