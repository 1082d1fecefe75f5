import { ErrorCode, Flag, FrameType, SettingId } from "../../../src/constants.ts";
import type { BudgetToken } from "../../../src/index.ts";
import { extent } from "./extent.ts";
import type { Attack } from "./fight.ts";
import {
  data,
  frame,
  goaway,
  indexed,
  inserted,
  ping,
  settings,
  uint32,
  windowUpdate,
} from "./wire.ts";

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

function flood(of: string, token: BudgetToken, frames: number, attack: Partial<Attack>): Flood {
  return {
    of,
    token,
    code: ENHANCE_YOUR_CALM,
    frames,
    unit: () => new Uint8Array(0),
    units: extent(20_000, 1_000_000),
    ...attack,
  };
}

/** DATA that is padded and empty, RFC 9113 §6.1. */
function paddedEmptyData(streamId: number): Buffer {
  return frame(FrameType.DATA, Flag.PADDED, streamId, Buffer.of(3, 0, 0, 0));
}

/** PRIORITY_UPDATE for `streamId`, RFC 9218 §7.1. */
function priorityUpdate(streamId: number): Buffer {
  const payload = Buffer.concat([uint32(streamId), Buffer.from("u=1", "latin1")]);
  return frame(FrameType.PRIORITY_UPDATE, 0, 0, payload);
}

const priority = frame(FrameType.PRIORITY, 0, 1, Buffer.concat([uint32(0), Buffer.of(16)]));
const UNKNOWN_TYPE = 0xbe;

/**
 * Frames that cost nothing to send. Each budget's burst, some refill while the
 * flood lasts, and the frames of the opening, make up `frames`.
 */
export const floods: readonly Flood[] = [
  flood("PINGs", "too_many_pings", 150, { unit: (index) => ping(index) }),
  flood("SETTINGS that change a value each", "too_many_settings", 60, {
    unit: (index) => settings([SettingId.INITIAL_WINDOW_SIZE, 1000 + (index % 2)]),
  }),
  flood("empty SETTINGS", "too_many_glitches", 1300, { unit: () => settings() }),
  flood("SETTINGS with more entries than anybody needs", "too_many_settings", 20, {
    unit: () =>
      settings(...Array.from({ length: 1000 }, () => [SettingId.ENABLE_PUSH, 0] as const)),
  }),
  flood("SETTINGS acknowledgements that nobody waits for", "too_many_glitches", 1300, {
    unit: () => frame(FrameType.SETTINGS, Flag.ACK, 0),
  }),
  flood("PING acknowledgements that nobody waits for", "too_many_glitches", 1300, {
    unit: () => frame(FrameType.PING, Flag.ACK, 0, Buffer.alloc(8)),
  }),
  flood("empty DATA", "too_many_empty_frames", 150, { unit: () => data(1, Buffer.alloc(0)) }),
  flood("padded empty DATA", "too_many_empty_frames", 150, { unit: () => paddedEmptyData(1) }),
  flood("WINDOW_UPDATEs of the connection", "too_many_window_updates", 200, {
    unit: () => windowUpdate(0, 1),
  }),
  flood("WINDOW_UPDATEs of a stream", "too_many_window_updates", 200, {
    unit: () => windowUpdate(1, 1),
  }),
  flood("PRIORITY", "too_many_priorities", 500, { unit: () => priority }),
  flood("PRIORITY for streams that don't exist", "too_many_priorities", 500, {
    unit: (index) =>
      frame(
        FrameType.PRIORITY,
        0,
        1001 + 2 * (index % 100_000),
        Buffer.concat([uint32(0), Buffer.of(16)]),
      ),
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

function openBlock(block: Uint8Array): Buffer {
  return frame(FrameType.HEADERS, 0, OTHER, block);
}

/** PRIORITY_UPDATE is a client's alone (RFC 9218 §7.1). */
export const priorityUpdates: Flood = flood("PRIORITY_UPDATEs", "too_many_priorities", 500, {
  unit: () => priorityUpdate(1),
});
