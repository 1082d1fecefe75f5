import {
  ErrorCode,
  MAX_MAX_FRAME_SIZE,
  MAX_WINDOW_SIZE,
  MIN_MAX_FRAME_SIZE,
  SettingId,
} from "../constants.ts";
import { ConnectionError } from "../errors.ts";
import { readUint16, readUint32, writeUint16, writeUint32 } from "./header.ts";

/** Octets of one entry, RFC 9113 §6.5.1. */
export const SETTING_SIZE = 6;

/** One entry: a `SettingId` or a number that we don't know, and its value. */
export type Setting = readonly [id: number, value: number];

/** @throws ConnectionError where a value isn't allowed (RFC 9113 §6.5.2, RFC 9218 §2.1) */
export function decodeSettings(bytes: Uint8Array, start: number, end: number): Setting[] {
  const settings: Setting[] = [];
  for (let at = start; at < end; at += SETTING_SIZE) {
    const id = readUint16(bytes, at);
    const value = readUint32(bytes, at + 2);
    checkSetting(id, value);
    settings.push([id, value]);
  }
  return settings;
}

/** @returns how many octets were written, `SETTING_SIZE` for each */
export function encodeSettings(
  settings: readonly Setting[],
  bytes: Uint8Array,
  start: number,
): number {
  let at = start;
  for (const [id, value] of settings) {
    writeUint16(bytes, at, id);
    writeUint32(bytes, at + 2, value);
    at += SETTING_SIZE;
  }
  return at - start;
}

function checkSetting(id: number, value: number): void {
  switch (id) {
    case SettingId.ENABLE_PUSH:
      if (value > 1) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "enable_push_invalid");
      return;
    case SettingId.INITIAL_WINDOW_SIZE:
      if (value > MAX_WINDOW_SIZE) {
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "initial_window_size_invalid");
      }
      return;
    case SettingId.MAX_FRAME_SIZE:
      if (value < MIN_MAX_FRAME_SIZE || value > MAX_MAX_FRAME_SIZE) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "max_frame_size_invalid");
      }
      return;
    case SettingId.NO_RFC7540_PRIORITIES:
      if (value > 1) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "no_priorities_invalid");
      return;
    default:
    // The rest may have any value, and ids that we don't know mean nothing (§6.5.2).
  }
}
