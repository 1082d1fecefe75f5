// The connection: bytes and a time in, bytes, calls and a next deadline out.
export { Connection } from "./connection/connection.ts";
export type { ConnectionOptions } from "./connection/options.ts";
export type { DrainReason } from "./connection/drain.ts";
export type { ConnectionEnd, ConnectionHandler, RemoteSettings } from "./connection/handler.ts";
export type { BudgetToken, Stats } from "./connection/stats.ts";

// One exchange on it.
export type { Stream } from "./stream/stream.ts";
export type { HeadersKind, StreamEnd, StreamHandler } from "./stream/handler.ts";

// Header fields: what was received, and what is sent.
export type { ReceivedHeaders } from "./semantics/headers.ts";
export { FieldKind } from "./hpack/field.ts";
export type { HeaderList } from "./hpack/field.ts";
export { preencode } from "./semantics/preencode.ts";
export type { HeaderBlock } from "./hpack/header-block.ts";

// Limits and their defaults.
export { defaultLimits } from "./limits.ts";
export type { Limits, Rate, Role } from "./limits.ts";

// Errors: the two that misuse and a peer cause, and the numbers in frames.
export { ConnectionError, StreamError, UsageError } from "./errors.ts";
export { ErrorCode } from "./constants.ts";
