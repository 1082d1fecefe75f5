import { ErrorCode, FrameType, SettingId } from "../../src/constants.ts";
import {
  block,
  concat,
  continuation,
  data,
  frame,
  goaway,
  headers,
  ping,
  preface,
  priority,
  priorityUpdate,
  rstStream,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from "../testkit/frames.ts";
import { requestFields } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";
import { nothing, testRows } from "./row.ts";
import type { Row } from "./row.ts";

const request = (id: number): Uint8Array => headers(id, requestFields, { endStream: true });
const openRequest = (id: number): Uint8Array => headers(id, requestFields);
const with_ = (...fields: string[]): string[] => [...requestFields, ...fields];
const without = (name: string): string[] => {
  const at = requestFields.indexOf(name);
  return requestFields.filter((_, i) => i !== at && i !== at + 1);
};
const replaced = (name: string, value: string): string[] => {
  const at = requestFields.indexOf(name);
  return requestFields.map((field, i) => (i === at + 1 ? value : field));
};

/** Stream 1 is open: its request has no end yet. */
const opened = (peer: Scripted): void => void peer.send(openRequest(1));
/** Stream 1 is half-closed (remote). */
const halfClosed = (peer: Scripted): void => void peer.send(request(1));
/** Stream 1 was ended by both sides. */
const ended = (peer: Scripted): void => {
  peer.send(request(1));
  peer.stream(1).sendHeaders([":status", "200"], { endStream: true });
};
/** Stream 1 was reset by us. */
const resetByUs = (peer: Scripted): void => {
  peer.send(openRequest(1));
  peer.stream(1).reset(ErrorCode.CANCEL);
};
/** Stream 1 was reset by the peer. */
const resetByPeer = (peer: Scripted): void =>
  void peer.send(openRequest(1)).send(rstStream(1, ErrorCode.CANCEL));

const protocolError = (token: string): Row["outcome"] => ({ goaway: "PROTOCOL_ERROR", token });
const malformed: Row["outcome"] = { reset: 1, code: "PROTOCOL_ERROR" };
const sizeError: Row["outcome"] = { goaway: "FRAME_SIZE_ERROR", token: "frame_size_invalid" };
const wrongStream = protocolError("frame_on_wrong_stream");

testRows("server", [
  // 3.4 Connection preface
  {
    section: "3.4",
    says: "an octet string that isn't the preface is a connection error",
    options: { handshake: false },
    send: [Uint8Array.from("GET / HTTP/1.1\r\n", (c) => c.charCodeAt(0))],
    outcome: protocolError("preface_invalid"),
  },
  {
    section: "3.4",
    says: "the first frame is SETTINGS",
    options: { handshake: false },
    send: [preface, ping()],
    outcome: protocolError("settings_expected"),
  },
  {
    section: "3.4",
    says: "an acknowledgement isn't the first SETTINGS",
    options: { handshake: false },
    send: [preface, settingsAck()],
    outcome: protocolError("settings_expected"),
  },

  // 4.1 Frame format
  {
    section: "4.1",
    says: "frames of unknown types are ignored",
    send: [frame(0x16, 0, 0, new Uint8Array(8))],
    outcome: nothing,
  },
  {
    section: "4.1",
    says: "frames of unknown types are ignored on a stream that is idle",
    send: [frame(0xff, 0xff, 7, new Uint8Array(300))],
    outcome: nothing,
  },
  {
    section: "4.1",
    says: "flags that are not defined for a type are ignored",
    send: [frame(FrameType.PING, 0x16, 0, new Uint8Array(8))],
    outcome: { sends: [{ type: "PING", ack: true, text: "\0".repeat(8) }] },
  },
  {
    section: "4.1",
    says: "the reserved bit is ignored",
    send: [frame(FrameType.PING, 0, 0x8000_0000, new Uint8Array(8))],
    outcome: { sends: [{ type: "PING", ack: true, text: "\0".repeat(8) }] },
  },

  // 4.2 Frame size
  {
    section: "4.2",
    says: "a frame of the largest size is taken",
    given: opened,
    send: [data(1, 16_384)],
    outcome: nothing,
  },
  {
    section: "4.2",
    says: "a DATA frame above the largest size is an error",
    given: opened,
    send: [data(1, 16_385)],
    outcome: { goaway: "FRAME_SIZE_ERROR", token: "frame_too_large" },
  },
  {
    section: "4.2",
    says: "a HEADERS frame above the largest size is a connection error",
    send: [headers(1, new Uint8Array(16_385))],
    outcome: { goaway: "FRAME_SIZE_ERROR", token: "frame_too_large" },
  },

  // 4.3 Header compression
  {
    section: "4.3",
    says: "a block that can't be decoded is a connection error",
    send: [headers(1, Uint8Array.of(0x80), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "index_zero" },
  },
  {
    section: "4.3",
    says: "PRIORITY between HEADERS and CONTINUATION is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), priority(1, 0)],
    outcome: protocolError("continuation_expected"),
  },
  {
    section: "4.3",
    says: "HEADERS of another stream between HEADERS and CONTINUATION is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), request(3)],
    outcome: protocolError("continuation_expected"),
  },
  {
    section: "4.3",
    says: "a frame of an unknown type between HEADERS and CONTINUATION is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), frame(0x16, 0, 0)],
    outcome: protocolError("continuation_expected"),
  },

  // 5.1 Stream states
  {
    section: "5.1",
    says: "DATA on an idle stream is a connection error",
    send: [data(1, "x")],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1",
    says: "RST_STREAM on an idle stream is a connection error",
    send: [rstStream(1, ErrorCode.CANCEL)],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1",
    says: "WINDOW_UPDATE on an idle stream is a connection error",
    send: [windowUpdate(1, 100)],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1",
    says: "CONTINUATION on an idle stream is a connection error",
    send: [continuation(1, requestFields, true)],
    outcome: protocolError("continuation_without_headers"),
  },
  {
    section: "5.1",
    says: "PRIORITY on an idle stream is allowed, and doesn't open it",
    send: [priority(9, 0), request(1)],
    outcome: nothing,
  },
  {
    section: "5.1",
    says: "DATA on a half-closed (remote) stream is a stream error",
    given: halfClosed,
    send: [data(1, "x")],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },
  {
    section: "5.1",
    says: "HEADERS on a half-closed (remote) stream is a stream error",
    given: halfClosed,
    send: [headers(1, ["a", "b"], { endStream: true })],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },
  {
    section: "5.1",
    says: "CONTINUATION on a half-closed (remote) stream is a connection error",
    given: halfClosed,
    send: [continuation(1, ["a", "b"], true)],
    outcome: protocolError("continuation_without_headers"),
  },
  {
    section: "5.1",
    says: "WINDOW_UPDATE, PRIORITY and RST_STREAM are allowed on a half-closed (remote) stream",
    given: halfClosed,
    send: [windowUpdate(1, 10), priority(1, 0), rstStream(1, ErrorCode.CANCEL)],
    outcome: nothing,
  },
  {
    section: "5.1",
    says: "DATA of a stream that the peer has reset is a stream error",
    given: resetByPeer,
    send: [data(1, "x")],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },
  {
    section: "5.1",
    says: "HEADERS of a stream that the peer has reset is a stream error",
    given: resetByPeer,
    send: [headers(1, ["a", "b"], { endStream: true })],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },
  {
    section: "5.1",
    says: "CONTINUATION of a stream that the peer has reset is a connection error",
    given: resetByPeer,
    send: [continuation(1, ["a", "b"], true)],
    outcome: protocolError("continuation_without_headers"),
  },
  {
    section: "5.1",
    says: "DATA of a stream that both sides have ended is a connection error",
    given: ended,
    send: [data(1, "x")],
    outcome: { goaway: "STREAM_CLOSED", token: "frame_after_end" },
  },
  {
    section: "5.1",
    says: "HEADERS of a stream that both sides have ended is a connection error",
    given: ended,
    send: [request(1)],
    outcome: { goaway: "STREAM_CLOSED", token: "frame_after_end" },
  },
  {
    section: "5.1",
    says: "WINDOW_UPDATE, PRIORITY and RST_STREAM of an ended stream are ignored: they may have crossed the end",
    given: ended,
    send: [windowUpdate(1, 10), priority(1, 0), rstStream(1, ErrorCode.CANCEL)],
    outcome: nothing,
  },
  {
    section: "5.1",
    says: "what a peer sent before it saw our reset is ignored",
    given: resetByUs,
    send: [
      data(1, 1000),
      headers(1, ["a", "b"], { endStream: true }),
      windowUpdate(1, 10),
      rstStream(1, ErrorCode.CANCEL),
    ],
    outcome: nothing,
  },

  // 5.1.1 Stream identifiers
  {
    section: "5.1.1",
    says: "a client doesn't open streams of even identifiers",
    send: [request(2)],
    outcome: protocolError("stream_id_invalid"),
  },
  {
    section: "5.1.1",
    says: "an identifier that was skipped can't be opened any more",
    given: (peer) => void peer.send(request(5)),
    send: [request(3)],
    outcome: protocolError("stream_id_decreased"),
  },
  {
    section: "5.1.1",
    says: "identifiers may be skipped",
    send: [request(3), request(7), request(101)],
    outcome: nothing,
  },

  // 5.1.2 Concurrency
  {
    section: "5.1.2",
    says: "a stream above the advertised limit is refused",
    options: { limits: { maxConcurrentStreams: 2 } },
    send: [openRequest(1), openRequest(3), openRequest(5)],
    outcome: { reset: 5, code: "REFUSED_STREAM" },
  },

  // 5.3.1 Dependencies (RFC 7540)
  {
    section: "5.3.1 of RFC 7540",
    says: "HEADERS that make a stream depend on itself are a stream error",
    send: [headers(1, requestFields, { dependency: 1 })],
    outcome: malformed,
  },
  {
    section: "5.3.1 of RFC 7540",
    says: "PRIORITY that makes an open stream depend on itself is a stream error",
    given: opened,
    send: [priority(1, 1)],
    outcome: malformed,
  },
  {
    section: "5.3.1 of RFC 7540",
    says: "PRIORITY that makes an idle stream depend on itself is an error",
    send: [priority(1, 1)],
    outcome: protocolError("self_dependency"),
  },

  // 5.5 Extensions
  {
    section: "5.5",
    says: "unknown settings are ignored",
    send: [settings([0xff, 1])],
    outcome: nothing,
  },

  // 6.1 DATA
  {
    section: "6.1",
    says: "DATA on stream 0 is a connection error",
    send: [data(0, "x")],
    outcome: wrongStream,
  },
  {
    section: "6.1",
    says: "padding as long as the payload is a connection error",
    given: opened,
    send: [frame(FrameType.DATA, 0x8, 1, Uint8Array.of(3, 1, 2))],
    outcome: protocolError("padding_too_long"),
  },
  {
    section: "6.1",
    says: "DATA that is padded and has no octet for it is a connection error",
    given: opened,
    send: [frame(FrameType.DATA, 0x8, 1)],
    outcome: sizeError,
  },
  {
    section: "6.1",
    says: "DATA of padding alone is taken",
    given: opened,
    send: [data(1, 0, { padding: 255 })],
    outcome: nothing,
  },

  // 6.2 HEADERS
  {
    section: "6.2",
    says: "HEADERS on stream 0 is a connection error",
    send: [headers(0, requestFields)],
    outcome: wrongStream,
  },
  {
    section: "6.2",
    says: "padding longer than the block is a connection error",
    send: [
      frame(FrameType.HEADERS, 0x8 | 0x4, 1, concat(Uint8Array.of(200), block(requestFields))),
    ],
    outcome: protocolError("padding_too_long"),
  },
  {
    section: "6.2",
    says: "HEADERS too short for its priority fields is a connection error",
    send: [frame(FrameType.HEADERS, 0x20 | 0x4, 1, new Uint8Array(4))],
    outcome: sizeError,
  },
  {
    section: "6.2",
    says: "HEADERS with padding and priority is taken",
    send: [headers(1, requestFields, { padding: 17, dependency: 0, endStream: true })],
    outcome: nothing,
  },

  // 6.3 PRIORITY
  {
    section: "6.3",
    says: "PRIORITY on stream 0 is a connection error",
    send: [priority(0, 1)],
    outcome: wrongStream,
  },
  {
    section: "6.3",
    says: "PRIORITY of a wrong size is a stream error",
    given: opened,
    send: [frame(FrameType.PRIORITY, 0, 1, new Uint8Array(4))],
    outcome: { reset: 1, code: "FRAME_SIZE_ERROR" },
  },
  {
    section: "6.3",
    says: "PRIORITY of a wrong size on an idle stream, which can't be reset, is a connection error",
    send: [frame(FrameType.PRIORITY, 0, 1, new Uint8Array(6))],
    outcome: sizeError,
  },

  // 6.4 RST_STREAM
  {
    section: "6.4",
    says: "RST_STREAM on stream 0 is a connection error",
    send: [rstStream(0, 8)],
    outcome: wrongStream,
  },
  {
    section: "6.4",
    says: "RST_STREAM of a wrong size is a connection error",
    given: opened,
    send: [frame(FrameType.RST_STREAM, 0, 1, new Uint8Array(3))],
    outcome: sizeError,
  },
  {
    section: "6.4",
    says: "RST_STREAM is never answered with RST_STREAM",
    given: opened,
    send: [rstStream(1, ErrorCode.CANCEL), rstStream(1, ErrorCode.CANCEL)],
    outcome: nothing,
  },
  {
    section: "6.4",
    says: "an unknown error code has no special meaning",
    given: opened,
    send: [rstStream(1, 0xdead_beef)],
    outcome: nothing,
  },

  // 6.5 SETTINGS
  {
    section: "6.5",
    says: "an acknowledgement with a payload is a connection error",
    send: [frame(FrameType.SETTINGS, 1, 0, new Uint8Array(6))],
    outcome: sizeError,
  },
  {
    section: "6.5",
    says: "SETTINGS on a stream is a connection error",
    send: [frame(FrameType.SETTINGS, 0, 1, new Uint8Array(6))],
    outcome: wrongStream,
  },
  {
    section: "6.5",
    says: "SETTINGS of a size that isn't a multiple of six is a connection error",
    send: [frame(FrameType.SETTINGS, 0, 0, new Uint8Array(3))],
    outcome: sizeError,
  },
  {
    section: "6.5.2",
    says: "ENABLE_PUSH is 0 or 1",
    send: [settings([SettingId.ENABLE_PUSH, 2])],
    outcome: protocolError("enable_push_invalid"),
  },
  {
    section: "6.5.2",
    says: "INITIAL_WINDOW_SIZE is at most 2^31-1",
    send: [settings([SettingId.INITIAL_WINDOW_SIZE, 0x8000_0000])],
    outcome: { goaway: "FLOW_CONTROL_ERROR", token: "initial_window_size_invalid" },
  },
  {
    section: "6.5.2",
    says: "MAX_FRAME_SIZE is at least 16,384",
    send: [settings([SettingId.MAX_FRAME_SIZE, 16_383])],
    outcome: protocolError("max_frame_size_invalid"),
  },
  {
    section: "6.5.2",
    says: "MAX_FRAME_SIZE is at most 16,777,215",
    send: [settings([SettingId.MAX_FRAME_SIZE, 16_777_216])],
    outcome: protocolError("max_frame_size_invalid"),
  },
  {
    section: "2.1 of RFC 9218",
    says: "NO_RFC7540_PRIORITIES is 0 or 1",
    send: [settings([SettingId.NO_RFC7540_PRIORITIES, 2])],
    outcome: protocolError("no_priorities_invalid"),
  },
  {
    section: "2.1 of RFC 9218",
    says: "NO_RFC7540_PRIORITIES doesn't change after the first SETTINGS",
    send: [settings([SettingId.NO_RFC7540_PRIORITIES, 1])],
    outcome: protocolError("no_priorities_changed"),
  },

  // 6.6 PUSH_PROMISE
  {
    section: "6.6",
    says: "a client doesn't promise",
    given: opened,
    send: [frame(FrameType.PUSH_PROMISE, 4, 1, concat(uint32(2), block(requestFields)))],
    outcome: protocolError("push_promise"),
  },

  // 6.7 PING
  {
    section: "6.7",
    says: "PING is answered with the same octets",
    send: [ping("abcdefgh")],
    outcome: { sends: [{ type: "PING", ack: true, text: "abcdefgh" }] },
  },
  {
    section: "6.7",
    says: "a PING's answer is not answered",
    send: [ping("abcdefgh", true)],
    outcome: nothing,
  },
  {
    section: "6.7",
    says: "PING on a stream is a connection error",
    send: [frame(FrameType.PING, 0, 1, new Uint8Array(8))],
    outcome: wrongStream,
  },
  {
    section: "6.7",
    says: "PING of a wrong size is a connection error",
    send: [frame(FrameType.PING, 0, 0, new Uint8Array(6))],
    outcome: sizeError,
  },

  // 6.8 GOAWAY
  {
    section: "6.8",
    says: "GOAWAY on a stream is a connection error",
    send: [frame(FrameType.GOAWAY, 0, 1, new Uint8Array(8))],
    outcome: wrongStream,
  },
  {
    section: "6.8",
    says: "GOAWAY of less than eight octets is a connection error",
    send: [frame(FrameType.GOAWAY, 0, 0, new Uint8Array(7))],
    outcome: sizeError,
  },
  {
    section: "6.8",
    says: "a client's GOAWAY doesn't end the streams that it has opened",
    given: opened,
    send: [goaway(0, ErrorCode.NO_ERROR), data(1, "x", { endStream: true })],
    outcome: nothing,
  },

  // 6.9 WINDOW_UPDATE
  {
    section: "6.9",
    says: "an increment of 0 on the connection is a connection error",
    send: [windowUpdate(0, 0)],
    outcome: protocolError("window_increment_zero"),
  },
  {
    section: "6.9",
    says: "an increment of 0 on a stream is a stream error",
    given: opened,
    send: [windowUpdate(1, 0)],
    outcome: malformed,
  },
  {
    section: "6.9",
    says: "WINDOW_UPDATE of a wrong size is a connection error",
    send: [frame(FrameType.WINDOW_UPDATE, 0, 0, new Uint8Array(3))],
    outcome: sizeError,
  },
  {
    section: "6.9.1",
    says: "a connection's window above 2^31-1 is a connection error",
    send: [windowUpdate(0, 0x7fff_ffff)],
    outcome: { goaway: "FLOW_CONTROL_ERROR", token: "connection_window_overflow" },
  },
  {
    section: "6.9.1",
    says: "a stream's window above 2^31-1 is a stream error",
    given: opened,
    send: [windowUpdate(1, 0x7fff_ffff)],
    outcome: { reset: 1, code: "FLOW_CONTROL_ERROR" },
  },
  {
    section: "6.9.2",
    says: "an initial window that makes an open stream's too large is a connection error",
    given: (peer) => void peer.send(openRequest(1), windowUpdate(1, 0x7fff_0000)),
    send: [settings([SettingId.INITIAL_WINDOW_SIZE, 0x7fff_ffff])],
    outcome: { goaway: "FLOW_CONTROL_ERROR", token: "stream_window_overflow" },
  },

  // 6.10 CONTINUATION
  {
    section: "6.10",
    says: "a block may be in several CONTINUATION frames",
    send: [
      headers(1, requestFields.slice(0, 4), { endStream: true, endHeaders: false }),
      continuation(1, requestFields.slice(4), false),
      continuation(1, ["a", "b"], true),
    ],
    outcome: nothing,
  },
  {
    section: "6.10",
    says: "CONTINUATION after a block that is complete is a connection error",
    send: [openRequest(1), continuation(1, ["a", "b"], true)],
    outcome: protocolError("continuation_without_headers"),
  },
  {
    section: "6.10",
    says: "CONTINUATION after a CONTINUATION that ended the block is a connection error",
    send: [
      headers(1, requestFields, { endHeaders: false }),
      continuation(1, ["a", "b"], true),
      continuation(1, ["a", "b"], true),
    ],
    outcome: protocolError("continuation_without_headers"),
  },
  {
    section: "6.10",
    says: "CONTINUATION on stream 0 is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), continuation(0, ["a", "b"], true)],
    outcome: protocolError("continuation_expected"),
  },
  {
    section: "6.10",
    says: "CONTINUATION of another stream is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), continuation(3, ["a", "b"], true)],
    outcome: protocolError("continuation_expected"),
  },
  {
    section: "6.10",
    says: "DATA before CONTINUATION is a connection error",
    send: [headers(1, requestFields, { endHeaders: false }), data(1, "x")],
    outcome: protocolError("continuation_expected"),
  },

  // RFC 9218 PRIORITY_UPDATE
  {
    section: "7.1 of RFC 9218",
    says: "PRIORITY_UPDATE is taken",
    given: opened,
    send: [priorityUpdate(1)],
    outcome: nothing,
  },
  {
    section: "7.1 of RFC 9218",
    says: "PRIORITY_UPDATE on a stream is a connection error",
    send: [frame(FrameType.PRIORITY_UPDATE, 0, 1, uint32(1))],
    outcome: wrongStream,
  },
  {
    section: "7.1 of RFC 9218",
    says: "PRIORITY_UPDATE of stream 0 is a connection error",
    send: [priorityUpdate(0)],
    outcome: protocolError("priority_update_invalid"),
  },
  {
    section: "7.1 of RFC 9218",
    says: "PRIORITY_UPDATE of less than four octets is a connection error",
    send: [frame(FrameType.PRIORITY_UPDATE, 0, 0, new Uint8Array(3))],
    outcome: sizeError,
  },

  // 8.1 Message framing
  {
    section: "8.1",
    says: "HEADERS in the middle of a message, without END_STREAM, are malformed",
    given: opened,
    send: [headers(1, ["a", "b"])],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "trailers end a message",
    given: opened,
    send: [data(1, "x"), headers(1, ["a", "b"], { endStream: true })],
    outcome: nothing,
  },
  ...[
    ["a pseudo-header in trailers", [":method", "POST"]],
    ["an unknown pseudo-header in trailers", [":test", "x"]],
    ["an upper-case name in trailers", ["Test", "x"]],
  ].map(([what, fields]): Row => ({
    section: "8.1",
    says: `${String(what)} is malformed`,
    given: opened,
    send: [headers(1, fields as string[], { endStream: true })],
    outcome: malformed,
  })),

  // 8.1.1 Malformed messages: content-length
  ...(
    [
      ["more data than content-length", "1", [data(1, "xy", { endStream: true })]],
      ["less data than content-length", "3", [data(1, "xy", { endStream: true })]],
      ["more data in several frames than content-length", "3", [data(1, "xy"), data(1, "zz")]],
      ["trailers before all of content-length", "3", [headers(1, ["a", "b"], { endStream: true })]],
    ] as const
  ).map(([what, length, frames]): Row => ({
    section: "8.1.1",
    says: `${what} is malformed`,
    send: [headers(1, with_("content-length", length)), ...frames],
    outcome: malformed,
  })),
  {
    section: "8.1.1",
    says: "content-length above 0 without a body is malformed",
    send: [headers(1, with_("content-length", "1"), { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "data as long as content-length is taken, padding not counted",
    send: [
      headers(1, with_("content-length", "4")),
      data(1, "xy", { padding: 9 }),
      data(1, "zz", { endStream: true }),
    ],
    outcome: nothing,
  },

  // 8.2, 8.3 Fields
  ...(
    [
      ["8.2.1", "an upper-case name", with_("Test", "x")],
      ["8.2.1", "an empty name", with_("", "x")],
      ["8.2.1", "a name with a space", with_("te st", "x")],
      ["8.2.1", "a name with a colon in it", with_("te:st", "x")],
      ["8.2.1", "a name above ASCII", with_("te\u00e9", "x")],
      ["8.2.1", "a value with CR", with_("test", "x\ry")],
      ["8.2.1", "a value with LF", with_("test", "x\ny")],
      ["8.2.1", "a value with NUL", with_("test", "x\0y")],
      ["8.2.1", "a value that begins with a space", with_("test", " x")],
      ["8.2.1", "a value that ends with a tab", with_("test", "x\t")],
      ["8.2.2", "connection", with_("connection", "keep-alive")],
      ["8.2.2", "keep-alive", with_("keep-alive", "1")],
      ["8.2.2", "proxy-connection", with_("proxy-connection", "1")],
      ["8.2.2", "transfer-encoding", with_("transfer-encoding", "chunked")],
      ["8.2.2", "upgrade", with_("upgrade", "h2c")],
      ["8.2.2", "te other than trailers", with_("te", "trailers, deflate")],
      ["8.3", "an unknown pseudo-header", [":test", "x", ...requestFields]],
      ["8.3", "a pseudo-header of responses", [":status", "200", ...requestFields]],
      ["8.3", "a pseudo-header after a regular field", ["a", "b", ...requestFields]],
      ["8.3", "two :method", [":method", "GET", ...requestFields]],
      ["8.3", "two :scheme", [":scheme", "http", ...requestFields]],
      ["8.3", "two :path", [":path", "/", ...requestFields]],
      ["8.3", "two :authority", [":authority", "a", ...requestFields]],
      ["8.3.1", "no :method", without(":method")],
      ["8.3.1", "no :scheme", without(":scheme")],
      ["8.3.1", "no :path", without(":path")],
      ["8.3.1", "an empty :path", replaced(":path", "")],
      ["8.3.1", "a :path without a slash", replaced(":path", "greeter/SayHello")],
      ["8.3.1", "an asterisk as :path of POST", replaced(":path", "*")],
      ["8.3.1", "userinfo in :authority", replaced(":authority", "me@localhost")],
      ["8.3.1", "two host fields", [...without(":authority"), "host", "a", "host", "b"]],
      ["8.5", "CONNECT with a path", replaced(":method", "CONNECT")],
      ["8.5", "CONNECT without an authority", [":method", "CONNECT"]],
      [
        "8.6 of RFC 9110",
        "two content-length fields",
        with_("content-length", "0", "content-length", "0"),
      ],
      ["8.6 of RFC 9110", "a negative content-length", with_("content-length", "-1")],
      ["8.6 of RFC 9110", "a content-length with a plus", with_("content-length", "+1")],
      ["8.6 of RFC 9110", "a content-length in hexadecimal", with_("content-length", "0x1")],
      ["8.6 of RFC 9110", "an empty content-length", with_("content-length", "")],
    ] as const
  ).map(([section, what, fields]): Row => ({
    section,
    says: `${what} makes a request malformed`,
    send: [headers(1, fields)],
    outcome: malformed,
  })),
  ...(
    [
      ["8.2.2", "te: trailers", with_("te", "trailers")],
      ["8.2.1", "octets above ASCII in a value", with_("test", "caf\u00e9")],
      ["8.2.1", "an empty value", with_("test", "")],
      ["8.2.3", "several cookie fields", with_("cookie", "a=1", "cookie", "b=2")],
      [
        "8.3.1",
        "OPTIONS of the asterisk",
        [":method", "OPTIONS", ":scheme", "http", ":path", "*", ":authority", "a"],
      ],
      ["8.3.1", "host instead of :authority", [...without(":authority"), "host", "a"]],
      ["8.5", "CONNECT with an authority alone", [":method", "CONNECT", ":authority", "a:443"]],
      ["8.2.1", "the names of Object's own", with_("__proto__", "x", "constructor", "y")],
    ] as const
  ).map(([section, what, fields]): Row => ({
    section,
    says: `${what} is fine in a request`,
    send: [headers(1, fields, { endStream: true })],
    outcome: nothing,
  })),

  // RFC 7541, as far as a connection sees it
  {
    section: "2.3.3 of RFC 7541",
    says: "an index beyond the tables is a connection error",
    send: [headers(1, Uint8Array.of(0xc6), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "index_too_large" },
  },
  {
    section: "4.2 of RFC 7541",
    says: "a table size update at the end of a block is a connection error",
    send: [headers(1, concat(block(requestFields), Uint8Array.of(0x21)), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "table_size_update_late" },
  },
  {
    section: "6.3 of RFC 7541",
    says: "a table size above our setting is a connection error",
    send: [headers(1, Uint8Array.of(0x3f, 0xe2, 0x1f), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "table_size_update_too_large" },
  },
]);
