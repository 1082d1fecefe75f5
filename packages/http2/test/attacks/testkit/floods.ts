import { ErrorCode, FrameType, SettingId } from "../../../src/constants.ts";
import type { BudgetToken } from "../../../src/index.ts";
import { extent } from "./extent.ts";
import type { Attack } from "./fight.ts";
import {
  data,
  frame,
  goaway,
  ping,
  priority,
  priorityUpdate,
  settings,
  settingsAck,
  windowUpdate,
} from "../../testkit/frames.ts";
import { indexed, inserted } from "./blocks.ts";

/** A flood that either side can send, on a connection whose stream 1 is open. */
export interface Flood extends Attack {
  /** Completes the sentence "a flood of …". */
  readonly of: string;
  readonly token: BudgetToken;
  readonly code: ErrorCode;
  /** The most frames that the victim reads of it. */
  readonly frames: number;
}

const { ENHANCE_YOUR_CALM } = ErrorCode;

function flood(
  of: string,
  token: BudgetToken,
  frames: number,
  attack: Pick<Attack, "unit"> & Partial<Attack>,
): Flood {
  const units = extent(20_000, 1_000_000);
  return { of, token, code: ENHANCE_YOUR_CALM, frames, units, ...attack };
}

const UNKNOWN_TYPE = 0xbe;

/**
 * Frames that cost nothing to send. Each budget's burst, some refill while the
 * flood lasts, and the frames of the opening, make up `frames`.
 */
export const floods: readonly Flood[] = [
  flood("PINGs", "too_many_pings", 150, { unit: () => ping() }),
  flood("SETTINGS that change a value each", "too_many_settings", 60, {
    unit: (index) => settings([SettingId.INITIAL_WINDOW_SIZE, 1000 + (index % 2)]),
  }),
  flood("empty SETTINGS", "too_many_glitches", 1300, { unit: () => settings() }),
  flood("SETTINGS with more entries than anybody needs", "too_many_settings", 20, {
    unit: () =>
      settings(...Array.from({ length: 1000 }, () => [SettingId.ENABLE_PUSH, 0] as const)),
  }),
  flood("SETTINGS acknowledgements that nobody waits for", "too_many_glitches", 1300, {
    unit: () => settingsAck(),
  }),
  flood("PING acknowledgements that nobody waits for", "too_many_glitches", 1300, {
    unit: () => ping("12345678", true),
  }),
  flood("empty DATA", "too_many_empty_frames", 150, { unit: () => data(1, 0) }),
  flood("padded empty DATA", "too_many_empty_frames", 150, {
    unit: () => data(1, 0, { padding: 3 }),
  }),
  flood("WINDOW_UPDATEs of the connection", "too_many_window_updates", 200, {
    unit: () => windowUpdate(0, 1),
  }),
  flood("WINDOW_UPDATEs of a stream", "too_many_window_updates", 200, {
    unit: () => windowUpdate(1, 1),
  }),
  flood("PRIORITY", "too_many_priorities", 500, { unit: () => priority(1, 0) }),
  flood("PRIORITY for streams that don't exist", "too_many_priorities", 500, {
    unit: (index) => priority(1001 + 2 * (index % 100_000), 0),
  }),
  flood("frames of an unknown type", "too_many_glitches", 1300, {
    unit: (index) => frame(UNKNOWN_TYPE, 0xff, index % 3, Buffer.alloc(index % 20)),
  }),
  flood("frames of every unknown type", "too_many_glitches", 1300, {
    unit: (index) => frame(0x11 + (index % 0xee), 0, 0, Buffer.alloc(index % 21)),
  }),
  flood("GOAWAYs with long debug data", "too_many_glitches", 1300, {
    unit: () => goaway(2 ** 31 - 1, ErrorCode.NO_ERROR, "x".repeat(1000)),
    units: extent(3000, 100_000),
  }),
  flood("CONTINUATIONs full of junk", "too_many_continuations", 20, {
    opening: (peer) => peer.send(openBlock(inserted("a", "b"))),
    unit: () => frame(FrameType.CONTINUATION, 0, OTHER, Buffer.alloc(16_384, 0x0f)),
    units: extent(1000, 100_000),
  }),
  flood("CONTINUATIONs of one octet", "too_many_continuations", 20, {
    opening: (peer) => peer.send(openBlock(inserted("a", "b"))),
    unit: () => frame(FrameType.CONTINUATION, 0, OTHER, indexed(62)),
  }),
  flood("empty CONTINUATIONs", "too_many_continuations", 20, {
    opening: (peer) => peer.send(openBlock(new Uint8Array(0))),
    unit: () => frame(FrameType.CONTINUATION, 0, OTHER),
  }),
];

/** The stream whose headers never end: the response of the client's first, or a server's next request. */
const OTHER = 1;

function openBlock(block: Uint8Array): Uint8Array {
  return frame(FrameType.HEADERS, 0, OTHER, block);
}

/** PRIORITY_UPDATE is a client's alone (RFC 9218 §7.1). */
export const priorityUpdates: Flood = flood("PRIORITY_UPDATEs", "too_many_priorities", 500, {
  unit: () => priorityUpdate(1),
});
