/** The budgets, by the token that goes into GOAWAY when one is exceeded. */
export type BudgetToken =
  | "too_many_resets"
  | "too_many_early_resets"
  | "too_many_control_frames"
  | "too_many_continuations"
  | "header_list_way_too_large"
  | "too_many_empty_frames"
  | "too_many_small_data"
  | "too_many_pings"
  | "too_many_settings"
  | "too_many_window_updates"
  | "too_many_priorities"
  | "too_many_glitches"
  | "too_many_informational"
  | "write_stalled";

/** What one connection has counted since it began. */
export interface Stats {
  readonly bytesReceived: number;
  readonly framesReceived: number;
  /** Handed out by `takeOutput()`. */
  readonly bytesSent: number;
  /** HEADERS and DATA. */
  readonly messageFramesSent: number;
  readonly dataFramesSent: number;
  readonly streamsOpened: number;
  /** Streams that both sides ended. */
  readonly streamsFinished: number;
  /** Streams that we refused, since there were too many or there is no memory left. */
  readonly streamsRefused: number;
  /** Streams that the peer reset. */
  readonly resetsReceived: number;
  /** Streams that we reset because of an error of the peer's. */
  readonly streamErrors: number;
  /** Streams whose handler threw. */
  readonly handlerFaults: number;
  readonly pingsReceived: number;
  /** Streams that wait for a slot now. */
  readonly streamsWaiting: number;
  /** The latest round trip of a PING, in ms; NaN before the first. */
  readonly rttMs: number;
  /** Our window of the connection, and that of new streams: they grow with the bandwidth-delay product. */
  readonly connectionReceiveWindow: number;
  readonly streamReceiveWindow: number;
  /** How often each budget was exceeded: once ends the connection, unless it is only observed. */
  readonly trips: Readonly<Record<BudgetToken, number>>;
}

/** The numbers behind `Stats` that grow as things happen. */
export class Counters {
  bytesReceived = 0;
  bytesSent = 0;
  messageFramesSent = 0;
  dataFramesSent = 0;
  streamsOpened = 0;
  streamsFinished = 0;
  streamsRefused = 0;
  resetsReceived = 0;
  streamErrors = 0;
  handlerFaults = 0;
  pingsReceived = 0;

  all(): Omit<Counters, "all"> {
    // oxlint-disable-next-line typescript/no-misused-spread -- the numbers alone are wanted
    return { ...this };
  }
}
