/** Counters of one connection since it began. Those that end in `Trips` count budgets exceeded, in observe mode too. */
export interface Stats {
  readonly bytesReceived: number;
  readonly framesReceived: number;
  readonly bytesSent: number;
  readonly dataFramesSent: number;
  readonly streamsOpened: number;
  readonly streamsFinished: number;
  readonly streamsRefused: number;
  /** Streams that the peer reset. */
  readonly resetsReceived: number;
  /** Streams that we reset because of an error of the peer. */
  readonly streamErrors: number;
  readonly pingsReceived: number;
  /** The latest round trip of a PING, in ms; NaN before the first. */
  readonly rttMs: number;
  readonly connectionReceiveWindow: number;
  readonly streamReceiveWindow: number;
  /** Trips by token, all zero at first. */
  readonly trips: Readonly<Record<BudgetToken, number>>;
}

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
