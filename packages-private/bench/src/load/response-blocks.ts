import { repeatedBlocks } from "./wire.ts";
import type { RepeatedBlock } from "./wire.ts";

/** The octets with which a client's end of a connection begins (RFC 9113 §3.4). */
export const PREFACE_BYTES = 24;

/** The header blocks of a successful response of gRPC. */
export const responseBlocks: {
  readonly headers: RepeatedBlock;
  readonly trailers: RepeatedBlock;
} = blocks();

function blocks(): typeof responseBlocks {
  const [headers, trailers] = repeatedBlocks([
    [
      { name: ":status", value: "200", exact: 8 },
      { name: "content-type", value: "application/grpc", nameIndex: 31 },
    ],
    [{ name: "grpc-status", value: "0" }],
  ]);
  if (headers === undefined || trailers === undefined) throw new Error("no blocks");
  return { headers, trailers };
}
