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
  priority,
  priorityUpdate,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "../testkit/frames.ts";
import { requestFields } from "../testkit/scripted.ts";
import {
  malformed,
  opened,
  openRequest,
  protocolError,
  sizeError,
  wrongStream,
} from "./requests.ts";
import { nothing, testRows } from "./row.ts";

testRows("server", [
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
]);
