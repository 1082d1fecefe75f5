/**
 * Fields that belong to HTTP, Connect or gRPC themselves and never to the
 * application: an error's metadata must not bring them into a response again.
 * Other `grpc-` fields pass: `grpc-retry-pushback-ms` is the application's to set.
 */
const protocolFields: ReadonlySet<string> = new Set([
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "host",
  "te",
  "trailer",
  "user-agent",
  // Of a connection, not of a message: HTTP/2 forbids them (RFC 9113 §8.2.2).
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  // Connect.
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  // gRPC.
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-message",
  "grpc-status",
  "grpc-status-details-bin",
  "grpc-timeout",
]);

/** Does `name` (lower case) belong to the protocol, and not to the application? */
export function isProtocolField(name: string): boolean {
  return protocolFields.has(name) || name.startsWith(":");
}

/**
 * Appends the application's metadata as a flat list of names and values.
 * Repeated values are one field joined with ", ", as `Headers` has them; only
 * set-cookie keeps its lines (RFC 6265 §3). What belongs to the protocol is left out.
 */
export function appendHeaders(fields: string[], headers: Headers): void {
  for (const [name, value] of headers) {
    if (!isProtocolField(name)) fields.push(name, value);
  }
}

/**
 * The `Headers` of a flat list of names and values, pseudo-header fields left out.
 *
 * @throws TypeError for a name or value that HTTP does not allow
 */
export function toHeaders(fields: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? "";
    if (!name.startsWith(":")) headers.append(name, fields[i + 1] ?? "");
  }
  return headers;
}
