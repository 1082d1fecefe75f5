import { Backlog } from "./backlog.ts";
import type { RequestBody } from "./request-body.ts";

/**
 * What arrives while it isn't decided whether anybody wants it. None of its
 * credit is given back: the client can send no more than a window.
 */
export class HeldBody implements RequestBody {
  readonly #backlog = new Backlog();
  #ended = false;

  data(bytes: Uint8Array, start: number, end: number): void {
    this.#backlog.push(bytes, start, end);
  }

  end(): void {
    this.#ended = true;
  }

  abort(): void {
    this.#backlog.clear();
  }

  /** Hands all of it on. */
  release(to: RequestBody): void {
    while (this.#backlog.size > 0) {
      this.#backlog.read(Infinity, (bytes, start, end) => to.data(bytes, start, end));
    }
    if (this.#ended) to.end();
  }
}
