/** How a service is: takes calls, takes none now, or that isn't known yet. */
export type ServingStatus = "SERVING" | "NOT_SERVING" | "UNKNOWN";

/** The statuses of a server's services by their full names, and who waits for them to change. */
export class Statuses {
  /** What was said. The server as a whole is "". */
  readonly #said: Map<string, ServingStatus> = new Map([["", "SERVING"]]);
  readonly #waiting: Set<() => void> = new Set();
  #registered: () => readonly string[] = () => [];
  #shutDown = false;

  /** @param services full names; they are asked for each time, for a router grows */
  register(services: () => readonly string[]): void {
    this.#registered = services;
  }

  /** Undefined for a service that the server doesn't have. */
  get(service: string): ServingStatus | undefined {
    const said = this.#said.get(service) ?? this.#unsaid(service);
    return this.#shutDown && said !== undefined ? "NOT_SERVING" : said;
  }

  all(): [service: string, status: ServingStatus][] {
    const names = new Set([...this.#said.keys(), ...this.#registered()]);
    return Array.from(names, (name) => [name, this.get(name) ?? "UNKNOWN"]);
  }

  set(service: string, status: ServingStatus): void {
    if (this.#shutDown) return;
    this.#said.set(service, status);
    this.#wake();
  }

  shutdown(): void {
    this.#shutDown = true;
    this.#wake();
  }

  /**
   * The status now, and whenever it is another one; those between two looks
   * are left out. Ends after a shutdown.
   *
   * @throws the signal's reason
   */
  async *watch(service: string, signal: AbortSignal): AsyncGenerator<ServingStatus | undefined> {
    let told: ServingStatus | undefined | null = null;
    while (true) {
      const status = this.get(service);
      if (status !== told) {
        told = status;
        // It may change while the client isn't ready for more: look again before waiting.
        yield status;
      } else if (this.#shutDown) {
        return;
      } else {
        await this.#change(signal);
        signal.throwIfAborted();
      }
    }
  }

  #unsaid(service: string): ServingStatus | undefined {
    return this.#registered().includes(service) ? "SERVING" : undefined;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when anything has changed, or the signal has aborted. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }
}
