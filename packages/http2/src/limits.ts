/**
 * A budget that refills with time: `burst` units at once, `perSecond` units a
 * second after that.
 */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * What one connection takes from its peer, and for how long. Sizes are octets,
 * times milliseconds. Every field has a default for both roles,
 * `defaultLimits(role)`; `Infinity` switches a time or a count off.
 */
export interface Limits {
  // Streams

  /**
   * Streams that the peer may have open at once, and as many handlers at work:
   * a slot is free again when the stream has ended and its handler has released
   * it. Sent as SETTINGS_MAX_CONCURRENT_STREAMS. Default 250.
   */
  readonly maxConcurrentStreams: number;
  /**
   * Streams that may wait for a slot, in multiples of `maxConcurrentStreams`.
   * Only streams that the peer reset free their place at the peer before their
   * handler is done. Default 4; beyond: `too_many_early_resets`.
   */
  readonly handlerQueueFactor: number;
  /** The connection is drained when a stream has a greater identifier. Default 1,610,612,735 (75 % of all). */
  readonly maxStreamId: number;
  /** Closed streams that are remembered, to tell late frames from wrong ones. Default 1,024. */
  readonly recentlyClosedIds: number;
  /** For so long after our reset, late frames of its stream are free of charge. Default 2,000. */
  readonly recentlyResetMs: number;

  // Header blocks

  /** Of one block: names, values, and 32 for each field (RFC 9113 §6.5.2); advertised. Default 16,384. */
  readonly maxHeaderListSize: number;
  /** Of one block, each cookie crumb counted. Default 128. */
  readonly maxHeaderFields: number;
  /** A block that decodes to more than so many times `maxHeaderListSize` ends the connection. Default 4. */
  readonly headerAbuseFactor: number;
  /** CONTINUATION frames of one block. Default 8. */
  readonly maxContinuations: number;
  /** Our HPACK decoder's table; advertised. Default 4,096. */
  readonly headerTableSize: number;
  /** The most of the table that the peer offers our HPACK encoder to use. Default 4,096. */
  readonly maxEncoderTableSize: number;
  /** Informational (1xx) blocks before a response. Default 8. */
  readonly maxInformational: number;

  // Flow control and memory

  /** The largest payload of a frame that we take; advertised. 16,384 (default) to 16,777,215. */
  readonly maxFrameSize: number;
  /** Window of a stream for what we receive; advertised. Default 262,144. */
  readonly initialStreamWindow: number;
  /** Window of the connection for what we receive. Default 1,048,576. */
  readonly initialConnectionWindow: number;
  /** Both windows grow up to this with the bandwidth-delay product. Default 4,194,304. */
  readonly maxAutoWindow: number;
  /** Octets queued for sending on a stream from which on `sendData` answers false. Default 65,536. */
  readonly streamSendQueue: number;
  /** The same for a connection, with what its socket has not sent yet. Default 1,048,576. */
  readonly connectionSendHighWater: number;
  /**
   * Octets of header lists, queued output and early data that a connection may
   * hold; beyond, new streams are refused. Default 8,388,608.
   */
  readonly connectionMemory: number;

  // Budgets of the peer's frames

  /** Answers to control frames that wait for the socket; beyond, nothing more is read. Default 100. */
  readonly controlQueuePause: number;
  /** The same; beyond, the connection is closed: `too_many_control_frames`. Default 1,000. */
  readonly controlQueueMax: number;
  /** Entries of one SETTINGS frame; beyond: `too_many_settings`. Default 32. */
  readonly maxSettingsEntries: number;
  /** SETTINGS frames that change a value; beyond: `too_many_settings`. Default 20, 1/s. */
  readonly settingsChanges: Rate;
  /**
   * Streams that the peer resets before their work has begun (cost 1), or that
   * it made us reset by an error or refuse (cost 2); each finished stream gives
   * 1 back, and each that is cancelled at work, which took a slot, gives 3.
   * Beyond: `too_many_resets`. Default 1,000, 33/s.
   */
  readonly resets: Rate;
  /** Frames without an effect: unknown, late, repeated. Beyond: `too_many_glitches`. Default 1,000, 100/s. */
  readonly glitches: Rate;
  /** DATA without data and without END_STREAM, padded or not. Beyond: `too_many_empty_frames`. Default 100, 10/s. */
  readonly emptyFrames: Rate;
  /** PINGs; each HEADERS and DATA that we send gives 1 back. Beyond: `too_many_pings`. Default 100, 10/s. */
  readonly pings: Rate;
  /**
   * DATA of fewer than 256 octets that no handler consumes, since its stream
   * was reset, where the first 64 are free, or still waits for a slot. Beyond:
   * `too_many_small_data`. Default 25,600, 1,000/s.
   */
  readonly smallData: Rate;
  /** WINDOW_UPDATE frames that are always free. Beyond the sum with the next: `too_many_window_updates`. Default 100. */
  readonly windowUpdateBase: number;
  /** WINDOW_UPDATE frames for each stream and for each DATA frame that we sent. Default 10. */
  readonly windowUpdatePerUnit: number;
  /** PRIORITY and PRIORITY_UPDATE frames for each stream, and one share more. Beyond: `too_many_priorities`. Default 100. */
  readonly priorityPerStream: number;
  /** Octets of a GOAWAY's debug data that are handed on. Default 256. */
  readonly goawayDebugMax: number;

  // Work in one turn

  /** Frames taken in one turn; the rest waits for the next. Default 1,000. */
  readonly framesPerTurn: number;
  /** New streams taken in one turn; the rest waits for the next. Default 256. */
  readonly streamsPerTurn: number;

  // Times

  /** Until the preface and the first SETTINGS are complete. Default 10,000. */
  readonly prefaceMs: number;
  /** For a frame other than DATA, and for a header block, from first octet to last. Default 5,000. */
  readonly headerBlockMs: number;
  /** Until our SETTINGS are acknowledged. Default 10,000. */
  readonly settingsAckMs: number;
  /** While the socket takes none of our waiting output. Default 30,000. */
  readonly writeProgressMs: number;
  /** While the peer's windows let a stream send nothing of its waiting data. Default 300,000. */
  readonly stalledSendMs: number;
  /** `stalledSendMs` while the process is short of memory. Default 15,000. */
  readonly stalledSendPressureMs: number;
  /** Until the PING of a graceful GOAWAY is answered, or the last identifier is sent anyway. Default 5,000. */
  readonly goawayPingMs: number;
  /** After the last octet of a connection that ended, until its socket is destroyed. Default 1,000. */
  readonly closeLingerMs: number;

  // Keepalive (gRFC A8 and A9)

  /** Silence after which we send a PING. Default: server 7,200,000, client Infinity. */
  readonly keepaliveTimeMs: number;
  /** Silence after that PING which ends the connection: `keepalive_timeout`. Default 20,000. */
  readonly keepaliveTimeoutMs: number;
  /** Client: PINGs without a stream open too. Server: the client may do so. Default false. */
  readonly keepaliveWithoutCalls: boolean;
  /** Server: the shortest time between a client's PINGs while we send it nothing. Default 300,000. */
  readonly minPingIntervalMs: number;
  /** The same without a stream open. Default 7,200,000. */
  readonly minPingIntervalWithoutCallsMs: number;
  /** PINGs too early that are forgiven; beyond: `too_many_pings`. Default 2; a server's alone. */
  readonly maxPingStrikes: number;

  // Life of a connection

  /** Without a stream for so long, the connection is drained: `max_idle`. Default: server 3,600,000, client Infinity. */
  readonly maxConnectionIdleMs: number;
  /** At this age the connection is drained: `max_age`. Default Infinity. */
  readonly maxConnectionAgeMs: number;
  /** Streams still open so long after that are cut. Default Infinity. */
  readonly maxConnectionAgeGraceMs: number;
  /** The age varies at random by up to this part, that connections made together do not end together. Default 0.1. */
  readonly ageJitter: number;
}

/** The two ends of a connection, RFC 9113 §2.2. */
export type Role = "client" | "server";

/** DATA with a smaller payload is charged to `smallData` when nobody consumes it. */
export const SMALL_DATA = 256;

const shared: Limits = {
  maxConcurrentStreams: 250,
  handlerQueueFactor: 4,
  maxStreamId: 1_610_612_735,
  recentlyClosedIds: 1024,
  recentlyResetMs: 2000,

  maxHeaderListSize: 16_384,
  maxHeaderFields: 128,
  headerAbuseFactor: 4,
  maxContinuations: 8,
  headerTableSize: 4096,
  maxEncoderTableSize: 4096,
  maxInformational: 8,

  maxFrameSize: 16_384,
  initialStreamWindow: 262_144,
  initialConnectionWindow: 1_048_576,
  maxAutoWindow: 4_194_304,
  streamSendQueue: 65_536,
  connectionSendHighWater: 1_048_576,
  connectionMemory: 8_388_608,

  controlQueuePause: 100,
  controlQueueMax: 1000,
  maxSettingsEntries: 32,
  settingsChanges: { burst: 20, perSecond: 1 },
  resets: { burst: 1000, perSecond: 33 },
  glitches: { burst: 1000, perSecond: 100 },
  emptyFrames: { burst: 100, perSecond: 10 },
  pings: { burst: 100, perSecond: 10 },
  smallData: { burst: 25_600, perSecond: 1000 },
  windowUpdateBase: 100,
  windowUpdatePerUnit: 10,
  priorityPerStream: 100,
  goawayDebugMax: 256,

  framesPerTurn: 1000,
  streamsPerTurn: 256,

  prefaceMs: 10_000,
  headerBlockMs: 5000,
  settingsAckMs: 10_000,
  writeProgressMs: 30_000,
  stalledSendMs: 300_000,
  stalledSendPressureMs: 15_000,
  goawayPingMs: 5000,
  closeLingerMs: 1000,

  keepaliveTimeMs: 7_200_000,
  keepaliveTimeoutMs: 20_000,
  keepaliveWithoutCalls: false,
  minPingIntervalMs: 300_000,
  minPingIntervalWithoutCallsMs: 7_200_000,
  maxPingStrikes: 2,

  maxConnectionIdleMs: 3_600_000,
  maxConnectionAgeMs: Infinity,
  maxConnectionAgeGraceMs: Infinity,
  ageJitter: 0.1,
};

/** A client leaves keepalive and idleness to the channel above it. */
const forClient: Limits = {
  ...shared,
  keepaliveTimeMs: Infinity,
  maxConnectionIdleMs: Infinity,
};

/** The limits of a connection for which nothing else was asked. */
export function defaultLimits(role: Role): Limits {
  return role === "server" ? shared : forClient;
}
