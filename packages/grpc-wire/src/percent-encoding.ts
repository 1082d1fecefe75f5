/**
 * `grpc-message` as gRPC writes it: UTF-8, percent-encoded (gRPC over HTTP/2,
 * "Responses"). More is encoded than must be, as Connect does. A lone
 * surrogate, which UTF-8 cannot hold, becomes U+FFFD.
 */
export function percentEncode(message: string): string {
  return encodeURIComponent(message.toWellFormed());
}

/**
 * The inverse. What is not well encoded must not lose the status: gRPC asks to
 * keep a faulty sequence as it stands, or to put U+FFFD.
 */
export function percentDecode(value: string): string {
  if (!value.includes("%")) return value;
  return value.replace(/(?:%[0-9a-f]{2})+/gi, decodeSequences);
}

/** Any run of %XX: where the octets are not UTF-8, TextDecoder puts U+FFFD. */
function decodeSequences(run: string): string {
  const octets = new Uint8Array(run.length / 3);
  for (let i = 0; i < octets.length; i++) {
    octets[i] = Number.parseInt(run.slice(3 * i + 1, 3 * i + 3), 16);
  }
  return utf8.decode(octets);
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
