/**
 * The states of a stream, RFC 9113 §5.1, without the reserved ones, which only
 * server push has. A PRIORITY frame changes none of them.
 *
 *                            +--------+
 *                            |  idle  |
 *                            +--------+
 *                                 | HEADERS, sent or received
 *                                 v
 *           END_STREAM sent  +--------+  END_STREAM received
 *              +-------------|  open  |--------------+
 *              v             +--------+              v
 *       +-------------+           |           +-------------+
 *       | half-closed |           | RST_STREAM| half-closed |
 *       |   (local)   |           |           |   (remote)  |
 *       +-------------+           v           +-------------+
 *              | END_STREAM  +--------+  END_STREAM  |
 *              +------------>| closed |<-------------+
 *                received    +--------+     sent
 *
 * From the half-closed states RST_STREAM, in either direction, leads to closed too.
 */
export const State = {
  IDLE: 0,
  OPEN: 1,
  HALF_CLOSED_LOCAL: 2,
  HALF_CLOSED_REMOTE: 3,
  CLOSED: 4,
} as const;
export type State = (typeof State)[keyof typeof State];

/** What changes a state. `RESET` is RST_STREAM in either direction, or the end of the connection. */
export const Input = { HEADERS: 0, END_SENT: 1, END_RECEIVED: 2, RESET: 3 } as const;
export type Input = (typeof Input)[keyof typeof Input];

const { IDLE, OPEN, HALF_CLOSED_LOCAL, HALF_CLOSED_REMOTE, CLOSED } = State;

/** The next state: a row for each state, a column for each input. What can't happen leaves the state as it is. */
// oxfmt-ignore
const table: Uint8Array = new Uint8Array([
  //                       HEADERS             END_SENT            END_RECEIVED        RESET
  /* idle               */ OPEN,               IDLE,               IDLE,               IDLE,
  /* open               */ OPEN,               HALF_CLOSED_LOCAL,  HALF_CLOSED_REMOTE, CLOSED,
  /* half-closed local  */ HALF_CLOSED_LOCAL,  HALF_CLOSED_LOCAL,  CLOSED,             CLOSED,
  /* half-closed remote */ HALF_CLOSED_REMOTE, CLOSED,             HALF_CLOSED_REMOTE, CLOSED,
  /* closed             */ CLOSED,             CLOSED,             CLOSED,             CLOSED,
]);
const INPUTS = 4;

export function transition(state: State, input: Input): State {
  return table[state * INPUTS + input] as State;
}

/** May the peer still send HEADERS and DATA? */
export function peerMaySend(state: State): boolean {
  return state === OPEN || state === HALF_CLOSED_LOCAL;
}
