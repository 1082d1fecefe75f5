// Messages in a body.
export {
  compressedFlag,
  isWholeMessage,
  messageEnd,
  MessageReader,
  prefixLength,
} from "./message-reader.ts";
export type { MessageSink } from "./message-reader.ts";
export { MessageEncoder } from "./message-encoder.ts";
export { prefixMessage, writeMessage, writePrefix } from "./message-writer.ts";

// Status of a call.
export { appendErrorStatus, readStatus } from "./status.ts";
export { codeFromHttpStatus } from "./http-status.ts";
export { codeFromReset } from "./reset-code.ts";

// Fields of a call.
export { codecOf, contentTypes } from "./content-type.ts";
export type { Codec } from "./content-type.ts";
export { appendHeaders, isProtocolField, toHeaders } from "./metadata.ts";
export { formatTimeout, parseTimeout } from "./timeout.ts";

// Compression.
export { encodingNames, negotiateCompression } from "./compression/negotiate.ts";
export type { NegotiatedCompression } from "./compression/negotiate.ts";
export {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "./compression/zlib.ts";
