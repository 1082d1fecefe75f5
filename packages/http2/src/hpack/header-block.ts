/**
 * Header fields encoded without any table, as literals: the same octets are
 * good on every connection, at any time, any number of times.
 */
export class HeaderBlock {
  /** The whole block. Not to be changed. */
  readonly bytes: Uint8Array;
  /** The list's size as SETTINGS_MAX_HEADER_LIST_SIZE counts it: octets, and 32 for each field. */
  readonly listSize: number;
  /** Which part of a message it is good for: a `MessagePart` of the semantics. */
  readonly part: number;
  /** Is it a 1xx response, which another one follows? */
  readonly informational: boolean;

  constructor(bytes: Uint8Array, listSize: number, part: number, informational: boolean) {
    this.bytes = bytes;
    this.listSize = listSize;
    this.part = part;
    this.informational = informational;
  }
}
