import type { StreamRecord } from "./record.ts";
import type { Fate } from "./stream-memory.ts";
import { StreamMemory } from "./stream-memory.ts";
import { StreamTable } from "./table.ts";

/** The streams of a connection by their identifiers, RFC 9113 §5.1.1, and what is known of those that ended. */
export class Registry {
  /** The peer's streams that are open. */
  openRemote = 0;
  /** Ours. */
  openLocal = 0;
  /** The greatest identifier of a stream that the peer opened, or tried to. */
  lastRemoteId = 0;
  /** The greatest that the peer opened and a handler got. */
  lastStartedId = 0;
  /** The identifier of the next stream that we open. */
  nextLocalId: number;
  readonly closed: StreamMemory;

  readonly #streams = new StreamTable();
  /** The parity of the streams that we open. */
  readonly #localParity: number;

  /** @param localParity 1 for a client, 0 for a server */
  constructor(localParity: 0 | 1, remembered: number) {
    this.#localParity = localParity;
    this.nextLocalId = localParity === 1 ? 1 : 2;
    this.closed = new StreamMemory(remembered);
  }

  get size(): number {
    return this.#streams.size;
  }

  get(id: number): StreamRecord | undefined {
    return this.#streams.get(id);
  }

  /** All streams that are open, by their identifiers; a new array. */
  all(): StreamRecord[] {
    return this.#streams.all();
  }

  isLocal(id: number): boolean {
    return (id & 1) === this.#localParity;
  }

  /** Has nobody opened it yet? A lower identifier than one that was used is not idle any more. */
  isIdle(id: number): boolean {
    return this.isLocal(id) ? id >= this.nextLocalId : id > this.lastRemoteId;
  }

  /** What became of `id`, which is neither open nor idle. */
  fate(id: number): Fate {
    return this.closed.fate(id, this.isLocal(id) ? this.nextLocalId - 2 : this.lastRemoteId);
  }

  add(stream: StreamRecord): void {
    this.#streams.add(stream);
    if (this.isLocal(stream.id)) this.openLocal++;
    else this.openRemote++;
  }

  remove(stream: StreamRecord): void {
    if (!this.#streams.remove(stream)) return;
    if (this.isLocal(stream.id)) this.openLocal--;
    else this.openRemote--;
  }
}
