import type { Verdict } from "./verdict.ts";

/** A way in which the engine may judge otherwise than `node:http2`, and why it does. */
interface AllowedDifference {
  /** What the mutation's name must match. Default: anything. */
  readonly mutation?: RegExp;
  /** Of the engine's errors: a token, or "reset N" for a RST_STREAM with the code N. Default: any, or none. */
  readonly token?: string;
  readonly ours: Verdict;
  readonly node: readonly Verdict[];
  readonly why: string;
}

export const allowedDifferences: readonly AllowedDifference[] = [
  {
    token: "stream_id_decreased",
    ours: "connection error",
    node: ["accepted", "stream error"],
    why: "RFC 9113 §5.1.1: an identifier that is lower than one before is a connection error; node takes it (h2spec http2/5.1.1/2)",
  },
  {
    token: "frame_after_end",
    ours: "connection error",
    node: ["accepted", "stream error"],
    why: "§5.1: HEADERS on a closed stream are a connection error; node keeps silent about them (h2spec http2/5.1/9 and 12)",
  },
  {
    token: "frame_on_wrong_stream",
    ours: "connection error",
    node: ["accepted", "stream error"],
    why: "RFC 9218 §7.1: PRIORITY_UPDATE belongs to stream 0; node doesn't know the frame",
  },
  {
    token: "frame_size_invalid",
    ours: "connection error",
    node: ["accepted", "stream error"],
    why: "RFC 9218 §7.1: PRIORITY_UPDATE has four octets or more; node doesn't know the frame",
  },
  {
    token: "frame_size_invalid",
    ours: "stream error",
    node: ["connection error"],
    why: "§6.3: PRIORITY of the wrong length is a stream error; node closes the connection",
  },
  {
    token: "reset 5",
    ours: "stream error",
    node: ["accepted"],
    why: "§5.1: after its RST_STREAM the peer sends nothing more on the stream; node ignores what it sends",
  },
  {
    token: "window_increment_zero",
    ours: "stream error",
    node: ["connection error"],
    why: "§6.9: an increment of 0 is a stream error; node closes the connection",
  },
  {
    token: "stream_window_overflow",
    ours: "stream error",
    node: ["connection error"],
    why: "§6.9.1: a stream's window beyond 2^31-1 is a stream error; node closes the connection (h2spec http2/6.9.1/3)",
  },
  {
    mutation: /window update/,
    ours: "accepted",
    node: ["connection error"],
    why: "§5.1: WINDOW_UPDATE may come on a stream that has just been closed; node closes the connection for its value",
  },
  {
    mutation: /PING$/,
    ours: "accepted",
    node: ["connection error"],
    why: "§6.7: an acknowledgement that nobody waits for is no error; node closes the connection (h2spec http2/6.7/2)",
  },
  {
    mutation: /SETTINGS/,
    ours: "accepted",
    node: ["connection error"],
    why: "§6.5.3 names no error for an acknowledgement that nobody waits for; node closes the connection",
  },
  {
    mutation: /claim another length/,
    ours: "accepted",
    node: ["connection error", "stream error"],
    why: "a frame of which the end never comes is not judged yet; node judges its header, and the part of its block that is there",
  },
  {
    mutation: /GOAWAY/,
    ours: "accepted",
    node: ["connection error"],
    why: "§6.8: with the peer's GOAWAY and the end of the last stream the connection is over; node reads on",
  },
  {
    mutation: /random setting/,
    ours: "accepted",
    node: ["connection error"],
    why: "RFC 8441 §3: SETTINGS_ENABLE_CONNECT_PROTOCOL says nothing to a server; node checks its value",
  },
  {
    mutation: /HEADERS/,
    ours: "accepted",
    node: ["stream error"],
    why: "§8.3.1: a request may come without :authority; node wants one, or host",
  },
  {
    mutation: /HEADERS/,
    token: "reset 1",
    ours: "stream error",
    node: ["accepted"],
    why: "§8.2.1: names that are no tokens and values with control characters are refused; node takes some",
  },
  {
    mutation: /HEADERS/,
    ours: "stream error",
    node: ["connection error"],
    why: "§5.1: what comes on a stream just after we reset it is ignored; node closes the connection",
  },
];

/**
 * Undefined where the engine must judge as `node:http2` does.
 *
 * @param tokens of the errors that the engine found, see `AllowedDifference`
 */
export function reasonToDiffer(
  mutation: string,
  tokens: readonly string[],
  ours: Verdict,
  node: Verdict,
): string | undefined {
  return allowedDifferences.find(
    (allowed) =>
      allowed.ours === ours &&
      allowed.node.includes(node) &&
      (allowed.mutation?.test(mutation) ?? true) &&
      (allowed.token === undefined || tokens.includes(allowed.token)),
  )?.why;
}
