import type { ConnectError } from "@connectrpc/connect";
import type { Balancer, BalancerHost, BalancerState, BalancerUpdate } from "./balancer.ts";
import type { ConfiguredBalancer } from "./configured-balancer.ts";
import { derivedHost } from "./derived-host.ts";
import { failure } from "./unavailable.ts";

interface Member {
  readonly key: string;
  balancer: Balancer | undefined;
  state: BalancerState | undefined;
}

/**
 * The balancer of a channel whose policy may change, as its service config
 * does. The old one serves on until the new one has made up its mind, or until
 * it has nothing better to offer itself.
 */
export class BalancerSwitch {
  readonly #host: BalancerHost;
  #current: Member | undefined;
  #next: Member | undefined;

  constructor(host: BalancerHost) {
    this.#host = host;
    this.#current = undefined;
    this.#next = undefined;
  }

  /** Tells the balancer of `configured`, which is made where the key is a new one. @returns as `Balancer.update()` */
  update(configured: ConfiguredBalancer, update: BalancerUpdate): boolean {
    if (this.#newest?.key !== configured.key) this.#begin(configured);
    return this.#newest?.balancer?.update(update) ?? false;
  }

  /** Before there is a balancer to judge it, calls fail with `error`. */
  resolutionFailed(error: ConnectError): void {
    if (this.#newest === undefined) this.#host.publish(failure(error));
    else this.#newest.balancer?.resolutionFailed(error);
  }

  exitIdle(): void {
    this.#current?.balancer?.exitIdle();
    this.#next?.balancer?.exitIdle();
  }

  close(): void {
    const members = [this.#current, this.#next];
    this.#current = undefined;
    this.#next = undefined;
    for (const member of members) member?.balancer?.close();
  }

  get #newest(): Member | undefined {
    return this.#next ?? this.#current;
  }

  #begin({ key, policy }: ConfiguredBalancer): void {
    this.#next?.balancer?.close();
    const member: Member = { key, balancer: undefined, state: undefined };
    if (this.#current === undefined) this.#current = member;
    else this.#next = member;
    const publish = (state: BalancerState): void => this.#published(member, state);
    member.balancer = policy.create(derivedHost(this.#host, { publish }));
  }

  #published(member: Member, state: BalancerState): void {
    member.state = state;
    if (member === this.#current) {
      if (this.#next?.state !== undefined && state.state !== "READY") this.#promote(this.#next);
      else this.#host.publish(state);
    } else if (member === this.#next) {
      const undecided = state.state === "CONNECTING" && this.#current?.state?.state === "READY";
      if (!undecided) this.#promote(member);
    }
  }

  #promote(member: Member): void {
    const old = this.#current;
    this.#current = member;
    this.#next = undefined;
    if (member.state !== undefined) this.#host.publish(member.state);
    old?.balancer?.close();
  }
}
