import { hostname } from "node:os";
import { Code, ConnectError } from "@connectrpc/connect";
import { Backoff, type BackoffOptions } from "../backoff.ts";
import type { DnsTarget } from "../target.ts";
import type { Timer } from "../timers.ts";
import { askEndpoints, askServiceConfig, type DnsAnswer } from "./dns-question.ts";
import { type NameLookup, serverLookup, systemLookup } from "./name-lookup.ts";
import type {
  ResolvedServiceConfig,
  Resolver,
  ResolverHost,
  ResolverListener,
  ResolverWatch,
} from "./resolver.ts";

export interface DnsOptions {
  /**
   * Who is asked for addresses: the `"system"`, as every other program, with /etc/hosts and search
   * domains; or the name `"servers"`, who say how long an answer holds. Default `"system"`, and
   * `"servers"` where the target names one.
   */
  readonly lookup?: "system" | "servers";
  /** After an answer, the next question is asked so many milliseconds later at the earliest. Default 30,000. */
  readonly minIntervalMs?: number;
  /**
   * Asks again without being told that a server has gone, so that new ones are found: after so many
   * milliseconds, or when the answer's `"ttl"` is over (with `lookup: "servers"`), but never sooner
   * than `minIntervalMs`. Default: never.
   */
  readonly refreshMs?: number | "ttl";
  /** Takes a service config from the TXT records of `_grpc_config.HOST` (gRFC A2). Default false. */
  readonly serviceConfig?: boolean;
  /** A name server has so many milliseconds to answer; it is asked twice. Default 5,000. */
  readonly queryTimeoutMs?: number;
  /** Between questions that failed. */
  readonly backoff?: BackoffOptions;
}

/** Looks the host of a target up. An answer that fails or is empty leaves the last good one in use. */
export function dnsResolver(
  target: DnsTarget,
  options: DnsOptions = {},
  lookup: () => NameLookup = () => lookupFor(target, options),
): Resolver {
  return {
    authority: target.authority,
    watch: (listener, host) => new DnsWatch(target, options, lookup(), listener, host),
  };
}

function lookupFor(target: DnsTarget, options: DnsOptions): NameLookup {
  const timeout = options.queryTimeoutMs === undefined ? {} : { timeoutMs: options.queryTimeoutMs };
  const who = options.lookup ?? (target.nameServer === undefined ? "system" : "servers");
  return who === "system"
    ? systemLookup(timeout)
    : serverLookup({ nameServer: target.nameServer, ...timeout });
}

/**
 *     asking ── answered ──► resting ── refresh() or time, not before #notBefore ──► asking
 *        └───── failed ────► resting, with an alarm after a backoff
 */
class DnsWatch implements ResolverWatch {
  readonly #target: DnsTarget;
  readonly #options: DnsOptions;
  readonly #lookup: NameLookup;
  readonly #listener: ResolverListener;
  readonly #host: ResolverHost;
  readonly #backoff: Backoff;
  readonly #percentile: number;
  #asking: boolean;
  #closed: boolean;
  #notBefore: number;
  #alarm: { readonly timer: Timer; readonly at: number } | undefined;
  #serviceConfig: ResolvedServiceConfig | undefined;

  constructor(
    target: DnsTarget,
    options: DnsOptions,
    lookup: NameLookup,
    listener: ResolverListener,
    host: ResolverHost,
  ) {
    this.#target = target;
    this.#options = options;
    this.#lookup = lookup;
    this.#listener = listener;
    this.#host = host;
    this.#backoff = new Backoff(options.backoff ?? {}, () => host.random());
    this.#percentile = Math.floor(host.random() * 100);
    this.#asking = false;
    this.#closed = false;
    this.#notBefore = host.timers.now();
    this.#alarm = undefined;
    this.#serviceConfig = undefined;
    this.#ask();
  }

  refresh(): void {
    // While a question is open, its answer is the news.
    if (!this.#asking && !this.#closed) this.#askAt(this.#notBefore);
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#lookup.cancel();
  }

  #ask(): void {
    this.#disarm();
    this.#asking = true;
    const startedAt = this.#host.timers.now();
    this.#question().then(
      (answer) => this.#answered(answer, startedAt),
      (error: unknown) => this.#failed(error, startedAt),
    );
  }

  async #question(): Promise<DnsAnswer> {
    const [answer] = await Promise.all([
      askEndpoints(this.#target, this.#lookup, () => this.#host.random()),
      this.#askServiceConfig(),
    ]);
    return answer;
  }

  async #askServiceConfig(): Promise<void> {
    if (this.#options.serviceConfig !== true) return;
    const chooser = { hostname: hostname(), percentile: this.#percentile };
    try {
      this.#serviceConfig = await askServiceConfig(this.#target, this.#lookup, chooser);
    } catch {
      // Addresses are worth more than the config: that of the last answer holds.
    }
  }

  #answered(answer: DnsAnswer, startedAt: number): void {
    if (this.#closed) return;
    this.#asking = false;
    this.#notBefore = startedAt + (this.#options.minIntervalMs ?? 30_000);
    const usable = this.#listener.update({
      endpoints: answer.endpoints,
      ...(this.#serviceConfig !== undefined && { serviceConfig: this.#serviceConfig }),
    });
    if (!usable) {
      this.#askAfterBackoff(startedAt);
      return;
    }
    this.#backoff.reset();
    const { refreshMs = Infinity } = this.#options;
    const freshMs = refreshMs === "ttl" ? (answer.ttlMs ?? Infinity) : refreshMs;
    this.#askAt(Math.max(startedAt + freshMs, this.#notBefore));
  }

  #failed(error: unknown, startedAt: number): void {
    if (this.#closed) return;
    this.#asking = false;
    this.#listener.fail(resolutionError(this.#target, error));
    this.#askAfterBackoff(startedAt);
  }

  #askAfterBackoff(startedAt: number): void {
    this.#notBefore = startedAt + this.#backoff.next();
    this.#askAt(this.#notBefore);
  }

  /** The earliest of several wishes wins. */
  #askAt(at: number): void {
    // What was told may have closed the watch.
    if (this.#closed || at === Infinity || (this.#alarm !== undefined && this.#alarm.at <= at)) {
      return;
    }
    this.#disarm();
    const delayMs = Math.max(0, at - this.#host.timers.now());
    this.#alarm = { timer: this.#host.timers.set(delayMs, () => this.#ask()), at };
  }

  #disarm(): void {
    if (this.#alarm !== undefined) this.#host.timers.clear(this.#alarm.timer);
    this.#alarm = undefined;
  }
}

function resolutionError(target: DnsTarget, error: unknown): ConnectError {
  const { code, message } = error as NodeJS.ErrnoException;
  const asked = target.nameServer === undefined ? "" : ` at ${target.nameServer}`;
  return new ConnectError(
    `name resolution failed: ${target.host}${asked}: ${code ?? message}`,
    Code.Unavailable,
    undefined,
    undefined,
    error,
  );
}
