/** What a client under test is told: where to connect to, and how much to call. */
export interface ClientWindow {
  readonly port: number;
  readonly connections: number;
  /** Calls under way on each connection. */
  readonly streams: number;
  readonly seconds: number;
}
