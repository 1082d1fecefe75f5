// Accepting connections.
export { listen } from "./listen.ts";
export type { Listener, ListenOptions, ServerTls } from "./listen.ts";
export { accept } from "./accept.ts";
export type { AcceptOptions } from "./accept.ts";

// Opening them.
export { connect } from "./connect.ts";
export type { ClientTls, ConnectOptions } from "./connect.ts";
export { ConnectFailure } from "./connect-failure.ts";
export type { ConnectFailureReason } from "./connect-failure.ts";

// A connection with its socket, or without a network at all.
export type { SocketConnection, SocketHandler } from "./driver.ts";
export { memoryPipe } from "./memory-pipe.ts";
export type { MemoryPipe } from "./memory-pipe.ts";

// Time: the wheel that all deadlines of a thread share, and one of a test's own.
export { threadWheel, TimingWheel, WheelEntry } from "./timing-wheel.ts";
export type { Expiring } from "./timing-wheel.ts";
export { threadTurn, Turn } from "./turn.ts";
export { systemClock } from "./clock.ts";
export type { Alarm, Clock } from "./clock.ts";
