import { promisify } from "node:util";
import {
  brotliCompress,
  brotliDecompress,
  deflate,
  gunzip,
  gzip,
  inflate,
  zstdCompress,
  zstdDecompress,
} from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Compression } from "@connectrpc/connect/protocol";

type Bytes = Uint8Array<ArrayBuffer>;
type Coder = (bytes: Uint8Array, options: { maxOutputLength?: number }) => Promise<Uint8Array>;

// Names as gRPC's "Compression" document and Connect register them. gRPC's
// "deflate" is zlib's format (RFC 1950), not raw deflate.

/** RFC 1952. */
export const compressionGzip: Compression = compression("gzip", promisify(gzip), promisify(gunzip));

/** RFC 7932. */
export const compressionBrotli: Compression = compression(
  "br",
  promisify(brotliCompress),
  promisify(brotliDecompress),
);

/** RFC 1950. */
export const compressionDeflate: Compression = compression(
  "deflate",
  promisify(deflate),
  promisify(inflate),
);

/** RFC 8878. */
export const compressionZstd: Compression = compression(
  "zstd",
  promisify(zstdCompress),
  promisify(zstdDecompress),
);

function compression(name: string, compress: Coder, decompress: Coder): Compression {
  return {
    name,
    async compress(bytes) {
      return unshared(await compress(bytes, {}));
    },
    async decompress(bytes, readMaxBytes) {
      // Nothing is what some peers make of an empty message.
      if (bytes.length === 0) return new Uint8Array(0);
      try {
        return unshared(await decompress(bytes, { maxOutputLength: readMaxBytes }));
      } catch (cause) {
        throw decompressionError(cause, readMaxBytes);
      }
    },
  };
}

/** zlib never answers in shared memory, but its types can't say so. */
function unshared(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}

/** zlib stops at the limit: a bomb costs no more memory than a message may have. */
function decompressionError(cause: unknown, readMaxBytes: number): ConnectError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return code === "ERR_BUFFER_TOO_LARGE"
    ? new ConnectError(
        `message is larger than configured readMaxBytes ${readMaxBytes} after decompression`,
        Code.ResourceExhausted,
        undefined,
        undefined,
        cause,
      )
    : new ConnectError("decompression failed", Code.InvalidArgument, undefined, undefined, cause);
}
