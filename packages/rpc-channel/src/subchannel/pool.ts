import { type Address, formatAddress } from "../address.ts";
import { KeepaliveInterval } from "../keepalive.ts";
import type { Connector } from "./connector.ts";
import { type ConnectionSettings, SharedSubchannel } from "./shared-subchannel.ts";

/** What one channel wants of its connections. */
export interface PoolRequest extends Omit<ConnectionSettings, "keepalive"> {
  readonly keepaliveTimeMs: number;
}

/** Connections that channels share: those to the same address, made and kept in the same way. */
export class SubchannelPool {
  readonly #groups: Map<object, Map<string, Group>> = new Map();

  /** The connections made in one way; the caller has to close it. */
  open(request: PoolRequest): PoolShare {
    const { identity } = request.connector;
    const key = keyOf(request);
    let groups = this.#groups.get(identity);
    if (groups === undefined) this.#groups.set(identity, (groups = new Map()));
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = new Group(request)));
    group.shares++;
    return new PoolShare(group, () => {
      if (--group.shares > 0) return;
      groups.delete(key);
      if (groups.size === 0) this.#groups.delete(identity);
    });
  }
}

/** That of this thread. */
export const threadPool: SubchannelPool = new SubchannelPool();

/** One channel's part in a pool. */
export class PoolShare {
  readonly connector: Connector;
  readonly #group: Group;
  readonly #close: () => void;

  constructor(group: Group, close: () => void) {
    this.connector = group.settings.connector;
    this.#group = group;
    this.#close = close;
  }

  subchannel(address: Address): SharedSubchannel {
    return this.#group.subchannel(address);
  }

  /** Once. Subchannels that have been taken out stay good. */
  close(): void {
    this.#close();
  }
}

class Group {
  readonly settings: ConnectionSettings;
  shares = 0;
  readonly #subchannels: Map<string, SharedSubchannel> = new Map();

  constructor({ keepaliveTimeMs, ...settings }: PoolRequest) {
    this.settings = { ...settings, keepalive: new KeepaliveInterval(keepaliveTimeMs) };
  }

  subchannel(address: Address): SharedSubchannel {
    const key = formatAddress(address);
    const existing = this.#subchannels.get(key);
    if (existing !== undefined) return existing;
    const created = new SharedSubchannel(address, this.settings, () =>
      this.#subchannels.delete(key),
    );
    this.#subchannels.set(key, created);
    return created;
  }
}

/** Infinity isn't JSON, and is the default of several. */
function keyOf({ connector, keepaliveTimeMs, ...settings }: PoolRequest): string {
  const { backoff, minConnectTimeoutMs, limits } = settings;
  const parts = [connector.variant, keepaliveTimeMs, backoff, minConnectTimeoutMs, limits];
  return JSON.stringify(parts, (_, value: unknown) => (value === Infinity ? "Infinity" : value));
}
