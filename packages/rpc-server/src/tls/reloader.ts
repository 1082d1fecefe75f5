import type { Logger } from "../logger.ts";
import type { ServerCredentials } from "./credentials.ts";
import { sameMaterial } from "./material.ts";
import type { TlsMaterial } from "./material.ts";

/** Keeps a port's certificates up to date. */
export class Reloader implements Disposable {
  readonly #credentials: ServerCredentials;
  readonly #logger: Logger;
  readonly #apply: (material: TlsMaterial) => void;
  readonly #watcher: Disposable | undefined;
  #current: TlsMaterial;
  #loading = false;
  #again = false;
  #disposed = false;
  /** The last refusal, which isn't repeated at every look. */
  #refusal: string | undefined = undefined;

  /**
   * @param current in force
   * @param apply puts others in force; what it throws refuses them
   */
  constructor(
    credentials: ServerCredentials,
    current: TlsMaterial,
    apply: (material: TlsMaterial) => void,
    logger: Logger,
  ) {
    this.#credentials = credentials;
    this.#current = current;
    this.#apply = apply;
    this.#logger = logger;
    this.#watcher = credentials.watch?.(() => void this.#reload());
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#watcher?.[Symbol.dispose]();
  }

  async #reload(): Promise<void> {
    this.#again = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#again && !this.#disposed) {
      this.#again = false;
      await this.#look();
    }
    this.#loading = false;
  }

  async #look(): Promise<void> {
    try {
      const material = await this.#credentials.load();
      if (this.#disposed) return;
      this.#refusal = undefined;
      if (sameMaterial(material, this.#current)) return;
      this.#apply(material);
      this.#current = material;
      this.#logger.info({}, "new certificates are in force");
    } catch (error) {
      const reason = (error as Error).message;
      if (reason === this.#refusal) return;
      this.#refusal = reason;
      this.#logger.error(
        { err: error },
        `new certificates are refused, the old ones serve on: ${reason}`,
      );
    }
  }
}
