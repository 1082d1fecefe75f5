import { ErrorCode } from "../constants.ts";
import { ConnectionError } from "../errors.ts";

/** A block that can't be decoded: the tables of both ends differ from here on (RFC 9113 §4.3). */
export function compressionError(token: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, token);
}
