// Numbers of RFC 9113, under the names that it gives them, in its order.
// Frozen objects and no enums: Node runs these files by stripping their types.

/** Frame types, RFC 9113 §6; PRIORITY_UPDATE is RFC 9218 §7.1. */
export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
  PRIORITY_UPDATE: 0x10,
} as const;
Object.freeze(FrameType);
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Frame flags, RFC 9113 §6. One bit can mean two things: the frame's type tells which. */
export const Flag = {
  END_STREAM: 0x1,
  ACK: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;
Object.freeze(Flag);
export type Flag = (typeof Flag)[keyof typeof Flag];

/** Error codes, RFC 9113 §7. A peer may send others; those are treated as INTERNAL_ERROR. */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  SETTINGS_TIMEOUT: 0x4,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  CONNECT_ERROR: 0xa,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const;
Object.freeze(ErrorCode);
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Settings, RFC 9113 §6.5.2; NO_RFC7540_PRIORITIES is RFC 9218 §2.1. */
export const SettingId = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
  NO_RFC7540_PRIORITIES: 0x9,
} as const;
Object.freeze(SettingId);
export type SettingId = (typeof SettingId)[keyof typeof SettingId];

/** What the client sends first, RFC 9113 §3.4, as latin1 text. */
export const CLIENT_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Octets of a frame's header, RFC 9113 §4.1. */
export const FRAME_HEADER_SIZE = 9;

/** SETTINGS_MAX_FRAME_SIZE: its smallest value, which is the initial one, and its largest, RFC 9113 §6.5.2. */
export const MIN_MAX_FRAME_SIZE = 0x4000;
export const MAX_MAX_FRAME_SIZE = 0xff_ffff;

/** The largest flow-control window, RFC 9113 §6.9.1. */
export const MAX_WINDOW_SIZE = 0x7fff_ffff;

/** Windows of streams and of the connection before any SETTINGS or WINDOW_UPDATE, RFC 9113 §6.9.2. */
export const INITIAL_WINDOW_SIZE = 0xffff;

/** The dynamic table of both ends before any SETTINGS, RFC 9113 §6.5.2. */
export const INITIAL_HEADER_TABLE_SIZE = 4096;

/** The largest stream identifier, RFC 9113 §5.1.1. */
export const MAX_STREAM_ID = 0x7fff_ffff;
