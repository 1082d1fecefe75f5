/** Cases that every client has. Those that need Google's credentials or load reports are left out. */
export const CORE: readonly string[] = [
  "empty_unary",
  "large_unary",
  "client_streaming",
  "server_streaming",
  "ping_pong",
  "empty_stream",
  "custom_metadata",
  "status_code_and_message",
  "special_status_message",
  "unimplemented_method",
  "unimplemented_service",
  "cancel_after_begin",
  "cancel_after_first_response",
  "timeout_on_sleeping_server",
  "rpc_soak",
  "channel_soak",
  "pick_first_unary",
];

/** Of these, what needs a server that gives its name. */
export const WITH_SERVER_ID: readonly string[] = ["pick_first_unary"];

/** What needs a server that takes messages of 20 MB. */
export const VERY_LARGE: readonly string[] = ["very_large_request"];

/** Compressed messages, with the probe whether the server sees what came compressed, and without. */
export const COMPRESSED: readonly string[] = [
  "client_compressed_unary",
  "client_compressed_unary_noprobe",
  "server_compressed_unary",
  "client_compressed_streaming",
  "client_compressed_streaming_noprobe",
  "server_compressed_streaming",
];

/** Of these, what needs a server that refuses what should have come compressed. */
export const PROBED: readonly string[] = ["client_compressed_unary", "client_compressed_streaming"];

/** Of the soak cases, which all clients share: short, and with time enough on a busy machine. */
export const SOAK = { iterations: 50, maxLatencyMs: 5_000, timeoutMs: 120_000 };

/** The same for the programs of Go and Java. */
export const SOAK_FLAGS: readonly string[] = [
  `--soak_iterations=${SOAK.iterations}`,
  `--soak_per_iteration_max_acceptable_latency_ms=${SOAK.maxLatencyMs}`,
  `--soak_overall_timeout_seconds=${SOAK.timeoutMs / 1_000}`,
];
