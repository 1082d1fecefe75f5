/**
 * What a field's name means to us: resolved once when the field is made, so
 * that no name is compared again for each request.
 */
export const FieldKind = {
  /** A name without a meaning of its own here. */
  OTHER: 0,
  METHOD: 1,
  SCHEME: 2,
  AUTHORITY: 3,
  PATH: 4,
  STATUS: 5,
  /** A name that begins with a colon and is none of the above. */
  UNKNOWN_PSEUDO: 6,
  HOST: 7,
  COOKIE: 8,
  CONTENT_LENGTH: 9,
  TE: 10,
  /** `connection` and its like, which HTTP/2 doesn't have (RFC 9113 §8.2.2). */
  CONNECTION_SPECIFIC: 11,
  CONTENT_TYPE: 12,
  USER_AGENT: 13,
  GRPC_TIMEOUT: 14,
  GRPC_ENCODING: 15,
  GRPC_ACCEPT_ENCODING: 16,
  GRPC_STATUS: 17,
  GRPC_MESSAGE: 18,
  GRPC_STATUS_DETAILS: 19,
} as const;
export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];
Object.freeze(FieldKind);

/** The largest kind of a pseudo-header: `kind - 1 < LAST_PSEUDO` tells one from the rest. */
export const LAST_PSEUDO: number = FieldKind.UNKNOWN_PSEUDO;

const kinds = new Map<string, FieldKind>([
  [":method", FieldKind.METHOD],
  [":scheme", FieldKind.SCHEME],
  [":authority", FieldKind.AUTHORITY],
  [":path", FieldKind.PATH],
  [":status", FieldKind.STATUS],
  ["host", FieldKind.HOST],
  ["cookie", FieldKind.COOKIE],
  ["content-length", FieldKind.CONTENT_LENGTH],
  ["te", FieldKind.TE],
  ["connection", FieldKind.CONNECTION_SPECIFIC],
  ["keep-alive", FieldKind.CONNECTION_SPECIFIC],
  ["proxy-connection", FieldKind.CONNECTION_SPECIFIC],
  ["transfer-encoding", FieldKind.CONNECTION_SPECIFIC],
  ["upgrade", FieldKind.CONNECTION_SPECIFIC],
  ["content-type", FieldKind.CONTENT_TYPE],
  ["user-agent", FieldKind.USER_AGENT],
  ["grpc-timeout", FieldKind.GRPC_TIMEOUT],
  ["grpc-encoding", FieldKind.GRPC_ENCODING],
  ["grpc-accept-encoding", FieldKind.GRPC_ACCEPT_ENCODING],
  ["grpc-status", FieldKind.GRPC_STATUS],
  ["grpc-message", FieldKind.GRPC_MESSAGE],
  ["grpc-status-details-bin", FieldKind.GRPC_STATUS_DETAILS],
]);

const COLON = 0x3a;

/** The kind of a field by its name, which is compared as it is: names are lower-case (RFC 9113 §8.2). */
export function kindOf(name: string): number {
  const kind = kinds.get(name);
  if (kind !== undefined) return kind;
  return name.charCodeAt(0) === COLON ? FieldKind.UNKNOWN_PSEUDO : FieldKind.OTHER;
}

/** What an entry costs beyond its octets, RFC 7541 §4.1 and RFC 9113 §6.5.2. */
export const FIELD_OVERHEAD = 32;

/**
 * One header field. Immutable, and shared: a reference to an entry of the
 * tables yields the entry itself, so that a block of 16,000 references costs
 * no memory for each of them.
 */
export class Field {
  /** Octets as latin1 text. */
  readonly name: string;
  /** Octets as latin1 text. */
  readonly value: string;
  readonly kind: number;
  /** Octets of name and value, plus 32. */
  readonly size: number;
  /** The peer sent it as a literal that is never indexed: so must any that hand it on (RFC 7541 §6.2.3). */
  readonly sensitive: boolean;
  /** Set by the semantics, which judge a field once however often it is referred to: 0 is "not judged yet". */
  verdict: number;

  constructor(name: string, value: string, kind: number, sensitive: boolean) {
    this.name = name;
    this.value = value;
    this.kind = kind;
    this.size = name.length + value.length + FIELD_OVERHEAD;
    this.sensitive = sensitive;
    this.verdict = 0;
  }
}

/** Gets the fields of a block, in order. It may throw a `ConnectionError`; nothing else. */
export interface FieldSink {
  field(field: Field): void;
}

/**
 * Header fields to send, flat: name, value, name, value … as latin1 text, names
 * in lower case, pseudo-headers first. The same name may occur more than once.
 */
export type HeaderList = readonly string[];
