import { ErrorCode, FrameType } from "../constants.ts";
import { ConnectionError } from "../errors.ts";

/** Where a frame may stand, RFC 9113 §6: on a stream, on the connection (stream 0), or on both. */
const Place = { ANY: 0, STREAM: 1, CONNECTION: 2 } as const;

/** What each frame's header must satisfy, in the order of RFC 9113 §6. `size` is exact, `atLeast` its lower bound. */
const rules: readonly {
  readonly type: FrameType;
  readonly place: number;
  readonly size?: number;
  readonly atLeast?: number;
}[] = [
  { type: FrameType.DATA, place: Place.STREAM },
  { type: FrameType.HEADERS, place: Place.STREAM },
  // Its size is a matter of the stream alone (§6.3): the reader looks at it later.
  { type: FrameType.PRIORITY, place: Place.STREAM },
  { type: FrameType.RST_STREAM, place: Place.STREAM, size: 4 },
  { type: FrameType.SETTINGS, place: Place.CONNECTION },
  { type: FrameType.PUSH_PROMISE, place: Place.STREAM },
  { type: FrameType.PING, place: Place.CONNECTION, size: 8 },
  { type: FrameType.GOAWAY, place: Place.CONNECTION, atLeast: 8 },
  { type: FrameType.WINDOW_UPDATE, place: Place.ANY, size: 4 },
  { type: FrameType.CONTINUATION, place: Place.STREAM },
  { type: FrameType.PRIORITY_UPDATE, place: Place.CONNECTION, atLeast: 4 },
];

/** All types but those of the table: extensions, of which nothing is known (§5.5). */
const LAST_TYPE = FrameType.PRIORITY_UPDATE;
const places = new Uint8Array(LAST_TYPE + 1);
const smallest = new Uint8Array(LAST_TYPE + 1);
const largest = new Uint32Array(LAST_TYPE + 1).fill(0xffff_ffff);
for (const rule of rules) {
  places[rule.type] = rule.place;
  smallest[rule.type] = rule.size ?? rule.atLeast ?? 0;
  largest[rule.type] = rule.size ?? 0xffff_ffff;
}

/** @throws ConnectionError for a frame of this type on the wrong stream, or of a wrong size */
export function checkFrame(type: number, length: number, streamId: number): void {
  if (type > LAST_TYPE) return;
  const place = places[type] as number;
  if (place !== Place.ANY && (streamId === 0) !== (place === Place.CONNECTION)) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "frame_on_wrong_stream");
  }
  if (length < (smallest[type] as number) || length > (largest[type] as number)) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "frame_size_invalid");
  }
}
