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
  priorityUpdate,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "../testkit/frames.ts";
import { requestFields, responseFields } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";
import { nothing, testRows } from "./row.ts";
import type { Outcome } from "./row.ts";

const protocolError = (token: string): Outcome => ({ goaway: "PROTOCOL_ERROR", token });
const malformed: Outcome = { reset: 1, code: "PROTOCOL_ERROR" };
const sizeError: Outcome = { goaway: "FRAME_SIZE_ERROR", token: "frame_size_invalid" };
const wrongStream = protocolError("frame_on_wrong_stream");
const response = (...fields: readonly string[]): Uint8Array =>
  headers(1, [...responseFields, ...fields]);

/** Stream 1 is half-closed (local): a request without a body. */
const requested = (peer: Scripted): void => void peer.open(requestFields, { endStream: true });
/** Stream 1 is open: the request's body is to come. */
const opened = (peer: Scripted): void => void peer.open();
/** Stream 1 was ended by both sides. */
const ended = (peer: Scripted): void => {
  requested(peer);
  peer.send(headers(1, responseFields, { endStream: true }));
};
/** We have reset stream 1. */
const cancelled = (peer: Scripted): void => peer.open().reset(ErrorCode.CANCEL);

testRows("client", [
  // 3.4, 6.5 Preface and SETTINGS
  {
    section: "3.4",
    says: "the first frame is SETTINGS",
    options: { handshake: false },
    send: [ping()],
    outcome: protocolError("settings_expected"),
  },
  {
    section: "6.5.2",
    says: "a server doesn't enable push",
    send: [settings([SettingId.ENABLE_PUSH, 1])],
    outcome: protocolError("enable_push_invalid"),
  },
  {
    section: "6.5.2",
    says: "a server may say that push is off",
    send: [settings([SettingId.ENABLE_PUSH, 0])],
    outcome: nothing,
  },
  {
    section: "6.5.2",
    says: "MAX_FRAME_SIZE is at least 16,384",
    send: [settings([SettingId.MAX_FRAME_SIZE, 0])],
    outcome: protocolError("max_frame_size_invalid"),
  },
  {
    section: "6.5.2",
    says: "INITIAL_WINDOW_SIZE is at most 2^31-1",
    send: [settings([SettingId.INITIAL_WINDOW_SIZE, 0xffff_ffff])],
    outcome: { goaway: "FLOW_CONTROL_ERROR", token: "initial_window_size_invalid" },
  },
  {
    section: "6.5.2",
    says: "a server may allow no streams at all",
    send: [settings([SettingId.MAX_CONCURRENT_STREAMS, 0])],
    outcome: nothing,
  },

  // 5.1 Stream states
  {
    section: "5.1",
    says: "HEADERS on a stream that we haven't opened is a connection error",
    send: [response()],
    outcome: protocolError("stream_id_invalid"),
  },
  {
    section: "5.1",
    says: "DATA on a stream that we haven't opened is a connection error",
    send: [data(1, "x")],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1",
    says: "RST_STREAM of a stream that we haven't opened is a connection error",
    send: [rstStream(1, 0)],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1",
    says: "WINDOW_UPDATE of a stream that we haven't opened is a connection error",
    send: [windowUpdate(1, 1)],
    outcome: protocolError("stream_idle"),
  },
  {
    section: "5.1.1",
    says: "a server opens no streams",
    send: [headers(2, responseFields)],
    outcome: protocolError("stream_id_invalid"),
  },
  {
    section: "5.1",
    says: "DATA after the end of a response, the request still open, is a stream error",
    given: (peer) => {
      opened(peer);
      peer.send(headers(1, responseFields, { endStream: true }));
    },
    send: [data(1, "x")],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },
  {
    section: "5.1",
    says: "HEADERS after the end of a response, the request still open, is a stream error",
    given: (peer) => {
      opened(peer);
      peer.send(headers(1, responseFields, { endStream: true }));
    },
    send: [headers(1, ["a", "b"], { endStream: true })],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
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
    send: [response()],
    outcome: { goaway: "STREAM_CLOSED", token: "frame_after_end" },
  },
  {
    section: "5.1",
    says: "WINDOW_UPDATE and RST_STREAM that crossed the end are ignored",
    given: ended,
    send: [windowUpdate(1, 1), rstStream(1, 0)],
    outcome: nothing,
  },
  {
    section: "5.1",
    says: "a response that crossed our cancellation is ignored",
    given: cancelled,
    send: [response(), data(1, "hello"), headers(1, ["a", "b"], { endStream: true })],
    outcome: nothing,
  },
  {
    section: "5.1",
    says: "DATA of a stream that the server has reset is a stream error",
    given: (peer) => {
      opened(peer);
      peer.send(rstStream(1, ErrorCode.INTERNAL_ERROR));
    },
    send: [data(1, "x")],
    outcome: { reset: 1, code: "STREAM_CLOSED" },
  },

  // 6 Frames
  {
    section: "4.2",
    says: "a frame above the largest size is a connection error",
    given: requested,
    send: [data(1, 16_385)],
    outcome: { goaway: "FRAME_SIZE_ERROR", token: "frame_too_large" },
  },
  {
    section: "4.3",
    says: "a block that can't be decoded is a connection error",
    given: requested,
    send: [headers(1, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff))],
    outcome: { goaway: "COMPRESSION_ERROR", token: "integer_too_long" },
  },
  {
    section: "4.3",
    says: "a block is decoded for a stream that is gone, too: the next one refers to it",
    given: (peer) => {
      peer.open().reset(ErrorCode.CANCEL);
      peer.open(requestFields, { endStream: true });
      // Literal with incremental indexing, of a stream that we have cancelled.
      const indexed = concat(Uint8Array.of(0x40, 1), Uint8Array.of(0x61, 1, 0x62));
      peer.send(headers(1, concat(Uint8Array.of(0x88), indexed), { endStream: true }));
    },
    send: [headers(3, Uint8Array.of(0x88, 0xbe), { endStream: true })],
    outcome: nothing,
  },
  {
    section: "6.1",
    says: "DATA on stream 0 is a connection error",
    send: [data(0, "x")],
    outcome: wrongStream,
  },
  {
    section: "6.1",
    says: "padding as long as the payload is a connection error",
    given: requested,
    send: [response(), frame(FrameType.DATA, 0x8, 1, Uint8Array.of(1))],
    outcome: protocolError("padding_too_long"),
  },
  {
    section: "6.2",
    says: "padding longer than the block is a connection error",
    given: requested,
    send: [frame(FrameType.HEADERS, 0xc, 1, Uint8Array.of(9, 0x88))],
    outcome: protocolError("padding_too_long"),
  },
  {
    section: "6.4",
    says: "RST_STREAM on stream 0 is a connection error",
    send: [rstStream(0, 0)],
    outcome: wrongStream,
  },
  {
    section: "6.4",
    says: "RST_STREAM of a wrong size is a connection error",
    given: requested,
    send: [frame(FrameType.RST_STREAM, 0, 1, new Uint8Array(5))],
    outcome: sizeError,
  },
  {
    section: "6.6",
    says: "a promise is a connection error: push is off",
    given: requested,
    send: [frame(FrameType.PUSH_PROMISE, 4, 1, concat(uint32(2), block(requestFields)))],
    outcome: protocolError("push_promise"),
  },
  {
    section: "6.7",
    says: "PING is answered with the same octets",
    send: [ping("01234567")],
    outcome: { sends: [{ type: "PING", ack: true, text: "01234567" }] },
  },
  {
    section: "6.7",
    says: "PING of a wrong size is a connection error",
    send: [frame(FrameType.PING, 0, 0, new Uint8Array(9))],
    outcome: sizeError,
  },
  {
    section: "6.8",
    says: "GOAWAY with a stream that isn't ours is a connection error",
    send: [goaway(2, 0)],
    outcome: protocolError("goaway_last_stream_invalid"),
  },
  {
    section: "6.8",
    says: "a later GOAWAY doesn't raise the last stream",
    given: (peer) => {
      peer.open();
      peer.open();
      peer.send(goaway(1, 0));
    },
    send: [goaway(3, 0)],
    outcome: protocolError("goaway_last_stream_invalid"),
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
    says: "an increment of 0 on the connection is a connection error",
    send: [windowUpdate(0, 0)],
    outcome: protocolError("window_increment_zero"),
  },
  {
    section: "6.9.1",
    says: "a stream's window above 2^31-1 is a stream error",
    given: opened,
    send: [windowUpdate(1, 0x7fff_ffff)],
    outcome: { reset: 1, code: "FLOW_CONTROL_ERROR" },
  },
  {
    section: "6.9.1",
    says: "a connection's window above 2^31-1 is a connection error",
    send: [windowUpdate(0, 0x7fff_ffff)],
    outcome: { goaway: "FLOW_CONTROL_ERROR", token: "connection_window_overflow" },
  },
  {
    section: "6.10",
    says: "a response's block may be in several frames",
    given: requested,
    send: [
      headers(1, responseFields, { endHeaders: false, endStream: true }),
      continuation(1, ["a", "b"], true),
    ],
    outcome: nothing,
  },
  {
    section: "6.10",
    says: "DATA before CONTINUATION is a connection error",
    given: requested,
    send: [headers(1, responseFields, { endHeaders: false }), data(1, "x")],
    outcome: protocolError("continuation_expected"),
  },
  {
    section: "7.1 of RFC 9218",
    says: "a server doesn't send PRIORITY_UPDATE",
    given: opened,
    send: [priorityUpdate(1)],
    outcome: protocolError("priority_update_invalid"),
  },
]);
