/** What the encoder does with a field that no table has. */
export const Indexing = {
  /** Into the table at once: such a field comes again. */
  AT_ONCE: 0,
  /** Into the table when it comes with the same value again. */
  ON_REPEAT: 1,
  /** Never into the table: it differs from call to call, and would push out what doesn't. */
  NOT: 2,
  /** A secret: in no table, ours or an intermediary's, where guesses could be tried against it (RFC 7541 §7.1.3). */
  NEVER: 3,
} as const;
export type Indexing = (typeof Indexing)[keyof typeof Indexing];
Object.freeze(Indexing);

const byName = new Map<string, Indexing>();

function list(indexing: Indexing, names: string): void {
  for (const name of names.trim().split(/\s+/)) byName.set(name, indexing);
}

list(
  Indexing.AT_ONCE,
  `:method :scheme :authority :path :status
   accept accept-encoding accept-language content-type content-encoding te user-agent server
   connect-protocol-version connect-content-encoding connect-accept-encoding
   grpc-encoding grpc-accept-encoding grpc-status`,
);
list(
  Indexing.NOT,
  `content-length content-range date etag age expires last-modified location range
   if-match if-modified-since if-none-match if-range if-unmodified-since
   connect-timeout-ms grpc-timeout grpc-message grpc-previous-rpc-attempts grpc-retry-pushback-ms
   b3 traceparent tracestate uber-trace-id x-amzn-trace-id x-cloud-trace-context
   x-b3-parentspanid x-b3-spanid x-b3-traceid x-correlation-id x-request-id`,
);
list(Indexing.NEVER, "authorization cookie proxy-authorization set-cookie");

/** How a field is indexed, by its name. Metadata in binary can hold anything, secrets too. */
export function indexingOf(name: string): Indexing {
  const listed = byName.get(name);
  if (listed !== undefined) return listed;
  return name.endsWith("-bin") ? Indexing.NEVER : Indexing.ON_REPEAT;
}
