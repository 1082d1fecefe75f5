import { Code } from "@connectrpc/connect";

/** By the error code of RST_STREAM, RFC 9113 §7. */
const codes: ReadonlyMap<number, Code> = new Map([
  [0x0, Code.Internal], // NO_ERROR
  [0x1, Code.Internal], // PROTOCOL_ERROR
  [0x2, Code.Internal], // INTERNAL_ERROR
  [0x3, Code.Internal], // FLOW_CONTROL_ERROR
  [0x4, Code.Internal], // SETTINGS_TIMEOUT
  [0x5, Code.Internal], // STREAM_CLOSED: gRPC has no mapping; grpc-go says INTERNAL
  [0x6, Code.Internal], // FRAME_SIZE_ERROR
  [0x7, Code.Unavailable], // REFUSED_STREAM
  [0x8, Code.Canceled], // CANCEL
  [0x9, Code.Internal], // COMPRESSION_ERROR
  [0xa, Code.Internal], // CONNECT_ERROR
  [0xb, Code.ResourceExhausted], // ENHANCE_YOUR_CALM
  [0xc, Code.PermissionDenied], // INADEQUATE_SECURITY
]);

/**
 * The code of a call whose stream the peer has reset (gRPC over HTTP/2,
 * "HTTP2 Transport Mapping", Errors). UNKNOWN for a code that HTTP/2 does not define.
 */
export function codeFromReset(errorCode: number): Code {
  return codes.get(errorCode) ?? Code.Unknown;
}
