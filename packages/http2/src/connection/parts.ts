import { Outbox } from "../bytes/outbox.ts";
import { INITIAL_HEADER_TABLE_SIZE, MIN_MAX_FRAME_SIZE } from "../constants.ts";
import { FrameReader } from "../frames/reader.ts";
import { FrameWriter } from "../frames/writer.ts";
import { Decoder } from "../hpack/decoder.ts";
import { HeaderReceiver } from "../semantics/header-receiver.ts";
import { Registry } from "../stream/registry.ts";
import { Control } from "./control.ts";
import { Credit } from "./credit.ts";
import { Drain } from "./drain.ts";
import { Inbound } from "./inbound.ts";
import { Keepalive } from "./keepalive.ts";
import { Lifetime } from "./lifetime.ts";
import { Pings } from "./pings.ts";
import { PrefaceReader, writePreface } from "./preface.ts";
import type { Session } from "./session.ts";
import { LocalSettings } from "./settings.ts";
import { Streams } from "./streams.ts";

/** What a connection is made of. */
export interface Parts {
  readonly registry: Registry;
  readonly frames: FrameWriter;
  readonly pings: Pings;
  readonly credit: Credit;
  readonly streams: Streams;
  readonly drain: Drain;
  readonly control: Control;
  readonly inbound: Inbound;
  readonly reader: FrameReader;
  readonly keepalive: Keepalive;
  readonly lifetime: Lifetime;
  /** A server's: what the client's first octets must be. */
  readonly preface: PrefaceReader | undefined;
}

/**
 * Puts the parts together, from the ones that know nothing of others upwards.
 *
 * @param random in [0, 1), for the jitter of the connection's age
 * @param onChange called when a stream has begun or ended, or when others may be opened than before
 */
export function assemble(session: Session, random: () => number, onChange: () => void): Parts {
  const { limits, isServer } = session;
  const outbox = new Outbox();
  const frames = new FrameWriter(outbox);
  const longestString = limits.maxHeaderListSize * limits.headerAbuseFactor;
  const decoder = new Decoder(INITIAL_HEADER_TABLE_SIZE, longestString);
  const headers = new HeaderReceiver(decoder, limits);
  const registry = new Registry(isServer ? 0 : 1, limits.recentlyClosedIds);
  const pings = new Pings(frames);
  const settings = new LocalSettings(session, frames, decoder);
  const credit = new Credit(session, frames, pings, settings);
  const streams = new Streams(session, registry, credit, outbox, frames, onChange);
  const drain = new Drain(session, frames, pings, registry);
  const control = new Control({
    session,
    registry,
    streams,
    credit,
    pings,
    settings,
    drain,
    onChange,
  });
  const inbound = new Inbound({ session, registry, streams, credit, headers, control });
  const reader = new FrameReader(inbound, {
    maxFrameSize: limits.maxFrameSize,
    maxBlockSize: limits.maxHeaderListSize * 2 + MIN_MAX_FRAME_SIZE,
  });
  const keepalive = new Keepalive(session, pings);
  const lifetime = new Lifetime(session, random);
  const preface = isServer ? new PrefaceReader() : undefined;
  if (!isServer) {
    writePreface(outbox);
    control.announce();
  }
  return {
    registry,
    frames,
    pings,
    credit,
    streams,
    drain,
    control,
    inbound,
    reader,
    keepalive,
    lifetime,
    preface,
  };
}
