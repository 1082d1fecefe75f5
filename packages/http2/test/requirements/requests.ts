import { ErrorCode } from "../../src/constants.ts";
import { headers, rstStream } from "../testkit/frames.ts";
import { requestFields } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";
import type { Row } from "./row.ts";

// What the requirements of servers have in common.

export const request = (id: number): Uint8Array => headers(id, requestFields, { endStream: true });
export const openRequest = (id: number): Uint8Array => headers(id, requestFields);
export const with_ = (...fields: string[]): string[] => [...requestFields, ...fields];
export const without = (name: string): string[] => {
  const at = requestFields.indexOf(name);
  return requestFields.filter((_, i) => i !== at && i !== at + 1);
};
export const replaced = (name: string, value: string): string[] => {
  const at = requestFields.indexOf(name);
  return requestFields.map((field, i) => (i === at + 1 ? value : field));
};

/** Stream 1 is open: its request has no end yet. */
export const opened = (peer: Scripted): void => void peer.send(openRequest(1));
/** Stream 1 is half-closed (remote). */
export const halfClosed = (peer: Scripted): void => void peer.send(request(1));
/** Stream 1 was ended by both sides. */
export const ended = (peer: Scripted): void => {
  peer.send(request(1));
  peer.stream(1).sendHeaders([":status", "200"], { endStream: true });
};
/** Stream 1 was reset by us. */
export const resetByUs = (peer: Scripted): void => {
  peer.send(openRequest(1));
  peer.stream(1).reset(ErrorCode.CANCEL);
};
/** Stream 1 was reset by the peer. */
export const resetByPeer = (peer: Scripted): void =>
  void peer.send(openRequest(1)).send(rstStream(1, ErrorCode.CANCEL));

export const protocolError = (token: string): Row["outcome"] => ({
  goaway: "PROTOCOL_ERROR",
  token,
});
export const malformed: Row["outcome"] = { reset: 1, code: "PROTOCOL_ERROR" };
export const sizeError: Row["outcome"] = {
  goaway: "FRAME_SIZE_ERROR",
  token: "frame_size_invalid",
};
export const wrongStream: Row["outcome"] = protocolError("frame_on_wrong_stream");
