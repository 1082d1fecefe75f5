import type { Random } from "@privet/testkit";
import { frameName } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** A change to a session, and where it was made. */
export interface Mutation {
  /** Such as "flip a flag of HEADERS". */
  readonly name: string;
  readonly frames: readonly Frame[];
}

type Change = (frame: Frame, random: Random, frames: readonly Frame[]) => readonly Frame[];

/** What can happen to one frame; what stands for it afterwards. */
const changes: Readonly<Record<string, Change>> = {
  drop: () => [],
  "send twice": (frame) => [frame, frame],
  "flip a flag of": (frame, random) => [{ ...frame, flags: frame.flags ^ (1 << random.below(8)) }],
  "change the stream of": (frame, random, frames) => [
    { ...frame, id: random.pick([0, 1, 2, frame.id + 2, 9, 0x7fff_ffff, random.pick(frames).id]) },
  ],
  "change the type of": (frame, random) => [{ ...frame, type: random.below(18) }],
  "cut the payload of": (frame, random) => [
    { ...frame, payload: frame.payload.slice(0, random.below(frame.payload.length + 1)) },
  ],
  "lengthen the payload of": (frame, random) => [
    { ...frame, payload: Buffer.concat([frame.payload, random.bytes(1 + random.below(20))]) },
  ],
  "change an octet of": (frame, random) => {
    const payload = frame.payload.slice();
    if (payload.length > 0) payload[random.below(payload.length)] = random.below(256);
    return [{ ...frame, payload }];
  },
  "claim another length of": (frame, random) => [
    {
      ...frame,
      claimedLength: random.pick([0, frame.payload.length + 1, 16_384, 16_385, 0xff_ffff]),
    },
  ],
  "put a window update of 0 after": (frame) => [frame, windowUpdate(frame.id, 0)],
  "put the largest window update after": (frame) => [frame, windowUpdate(frame.id, 0x7fff_ffff)],
  "put a reset after": (frame, random) => [frame, reset(frame.id, random.below(20))],
  "put an unknown frame after": (frame, random) => [
    frame,
    {
      type: 10 + random.below(246),
      flags: random.below(256),
      id: frame.id,
      payload: random.bytes(random.below(40)),
    },
  ],
  "put a random setting after": (frame, random) => [frame, setting(random)],
};

function windowUpdate(id: number, increment: number): Frame {
  return { type: 8, flags: 0, id, payload: uint32(increment) };
}

function reset(id: number, code: number): Frame {
  return { type: 3, flags: 0, id, payload: uint32(code) };
}

function setting(random: Random): Frame {
  const id = random.below(12);
  const value = random.pick([0, 1, 2, 100, 16_384, 65_535, 0x7fff_ffff, 0xffff_ffff]);
  return {
    type: 4,
    flags: 0,
    id: 0,
    payload: Buffer.concat([Uint8Array.of(0, id), uint32(value)]),
  };
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

const kinds = Object.entries(changes);

/** Makes one change somewhere in `frames`, of which there must be one. */
export function mutate(frames: readonly Frame[], random: Random): Mutation {
  const index = random.below(frames.length);
  const frame = frames[index];
  if (frame === undefined) throw new RangeError("a session without frames can't be changed");
  const [name, change] = random.pick(kinds);
  if (random.chance(0.1)) return swapped(frames, index, random);
  return {
    name: `${name} ${frameName(frame.type)}`,
    frames: frames.toSpliced(index, 1, ...change(frame, random, frames)),
  };
}

function swapped(frames: readonly Frame[], index: number, random: Random): Mutation {
  const other = random.below(frames.length);
  const changed = [...frames];
  const [a, b] = [frames[index], frames[other]];
  if (a === undefined || b === undefined) throw new RangeError("no such frame");
  changed[index] = b;
  changed[other] = a;
  return {
    name: `swap ${[frameName(a.type), frameName(b.type)].toSorted().join(" and ")}`,
    frames: changed,
  };
}
