/** A frame as it lies on the wire, right or wrong. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Uint8Array;
  /** What the header says where that isn't the payload's length. */
  readonly claimedLength?: number;
}

const HEADER = 9;

/** The names of RFC 9113 §6, by type. */
const names = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RST_STREAM",
  "SETTINGS",
  "PUSH_PROMISE",
  "PING",
  "GOAWAY",
  "WINDOW_UPDATE",
  "CONTINUATION",
];

export function frameName(type: number): string {
  return names[type] ?? "unknown";
}

/** The whole frames of `octets`; an incomplete one at the end is left out. */
export function readFrames(octets: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  for (let at = 0; at + HEADER <= octets.length;) {
    const end = at + HEADER + (view.getUint32(at) >>> 8);
    if (end > octets.length) break;
    frames.push({
      type: view.getUint8(at + 3),
      flags: view.getUint8(at + 4),
      id: view.getUint32(at + 5) & 0x7fff_ffff,
      payload: octets.slice(at + HEADER, end),
    });
    at = end;
  }
  return frames;
}

export function writeFrames(frames: readonly Frame[]): Uint8Array {
  const octets = new Uint8Array(
    frames.reduce((sum, { payload }) => sum + HEADER + payload.length, 0),
  );
  const view = new DataView(octets.buffer);
  let at = 0;
  for (const { type, flags, id, payload, claimedLength } of frames) {
    view.setUint32(at, (claimedLength ?? payload.length) << 8);
    view.setUint8(at + 3, type);
    view.setUint8(at + 4, flags);
    view.setUint32(at + 5, id);
    octets.set(payload, at + HEADER);
    at += HEADER + payload.length;
  }
  return octets;
}
