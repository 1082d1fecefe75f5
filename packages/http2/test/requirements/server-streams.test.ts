import { ErrorCode, FrameType } from "../../src/constants.ts";
import {
  continuation,
  data,
  frame,
  headers,
  ping,
  preface,
  priority,
  rstStream,
  settings,
  settingsAck,
  windowUpdate,
} from "../testkit/frames.ts";
import { requestFields } from "../testkit/scripted.ts";
import {
  ended,
  halfClosed,
  malformed,
  opened,
  openRequest,
  protocolError,
  request,
  resetByPeer,
  resetByUs,
} from "./requests.ts";
import { nothing, testRows } from "./row.ts";

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
]);
