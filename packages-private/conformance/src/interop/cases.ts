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
  "pick_first_unary",
  "rpc_soak",
  "channel_soak",
];

/** Compressed messages, with the probe whether the server sees what came compressed, and without. */
export const COMPRESSED: readonly string[] = [
  "client_compressed_unary",
  "client_compressed_unary_noprobe",
  "server_compressed_unary",
  "client_compressed_streaming",
  "client_compressed_streaming_noprobe",
  "server_compressed_streaming",
];

/** Flags of the soak cases, which all clients share: short, and with time enough on a busy machine. */
export const SOAK_FLAGS: readonly string[] = [
  "--soak_iterations=50",
  "--soak_per_iteration_max_acceptable_latency_ms=5000",
  "--soak_overall_timeout_seconds=120",
];
