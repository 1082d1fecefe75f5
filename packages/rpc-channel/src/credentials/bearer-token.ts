import type { CallCredentials } from "./call-credentials.ts";

/** A token, and how long it is good for. */
export interface Token {
  readonly token: string;
  /** Milliseconds since 1970, as `Date.now()`. Default: for ever. */
  readonly expiresAt?: number;
}

export interface BearerTokenOptions {
  /** A token that is good for less than so many milliseconds is replaced while it serves on. Default 60,000. */
  readonly refreshBeforeMs?: number;
}

/**
 * `authorization: Bearer …` (RFC 6750 §2.1).
 *
 * @param token the token itself, or a function that fetches one. What it gives
 *   is kept until it expires; however many calls wait for it, it is asked once
 */
export function bearerToken(
  token: string | (() => Token | string | Promise<Token | string>),
  options: BearerTokenOptions = {},
): CallCredentials {
  if (typeof token === "string") {
    const metadata = headersOf(token);
    return { metadata: () => metadata };
  }
  const cache = new TokenCache(token, options.refreshBeforeMs ?? 60_000);
  return { metadata: () => cache.get() };
}

function headersOf(token: string): HeadersInit {
  return [["authorization", `Bearer ${token}`]];
}

/**
 *     none ── get() ──► fetching ──► fresh ── refreshBeforeMs before its end ──► stale: serves, and fetches
 *       ▲                  │                                                       │
 *       └───── failed ─────┘◄──────────────────── its end ─────────────────────────┘
 */
class TokenCache {
  readonly #fetch: () => Token | string | Promise<Token | string>;
  readonly #refreshBeforeMs: number;
  #metadata: HeadersInit | undefined = undefined;
  #expiresAt = 0;
  #fetching: Promise<HeadersInit> | undefined = undefined;

  constructor(fetch: () => Token | string | Promise<Token | string>, refreshBeforeMs: number) {
    this.#fetch = fetch;
    this.#refreshBeforeMs = refreshBeforeMs;
  }

  get(): HeadersInit | Promise<HeadersInit> {
    const leftMs = this.#expiresAt - Date.now();
    if (this.#metadata === undefined || leftMs <= 0) return this.#refresh();
    if (leftMs < this.#refreshBeforeMs) {
      // Should it fail, the call after the token's end is told.
      this.#refresh().catch(() => {});
    }
    return this.#metadata;
  }

  #refresh(): Promise<HeadersInit> {
    return (this.#fetching ??= this.#ask().finally(() => {
      this.#fetching = undefined;
    }));
  }

  async #ask(): Promise<HeadersInit> {
    const answer = await this.#fetch();
    const { token, expiresAt = Infinity } = typeof answer === "string" ? { token: answer } : answer;
    this.#metadata = headersOf(token);
    this.#expiresAt = expiresAt;
    return this.#metadata;
  }
}
