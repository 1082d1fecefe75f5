import type { ErrorCode } from "./constants.ts";

/**
 * The peer broke the connection's rules: nothing after it can be trusted
 * (RFC 9113 §5.4.1). Thrown inside the engine, caught once, in `receive()`.
 */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Goes into GOAWAY. */
  readonly code: ErrorCode;
  /** Why, as one ASCII word with underscores; goes into GOAWAY's debug data. */
  readonly token: string;

  constructor(code: ErrorCode, token: string) {
    super(token);
    this.code = code;
    this.token = token;
  }
}

/** The peer broke the rules of one stream, which alone ends (RFC 9113 §5.4.2). */
export class StreamError extends Error {
  override readonly name = "StreamError";
  readonly streamId: number;
  /** Goes into RST_STREAM. */
  readonly code: ErrorCode;
  /** Why, as one ASCII word with underscores. */
  readonly token: string;

  constructor(streamId: number, code: ErrorCode, token: string) {
    super(token);
    this.streamId = streamId;
    this.code = code;
    this.token = token;
  }
}

/**
 * Our own caller asked for what HTTP/2 forbids. Thrown synchronously to that
 * caller, who has sent nothing by it; the connection is unharmed.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** Which rule, as one ASCII word with underscores: stable, to be compared with. */
  readonly reason: string;

  /** @param message what was wrong, and what to do instead */
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
