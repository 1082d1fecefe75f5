import { Code } from "@connectrpc/connect";

const codes: ReadonlyMap<number, Code> = new Map([
  [400, Code.Internal],
  [401, Code.Unauthenticated],
  [403, Code.PermissionDenied],
  [404, Code.Unimplemented],
  [429, Code.Unavailable],
  [502, Code.Unavailable],
  [503, Code.Unavailable],
  [504, Code.Unavailable],
]);

/**
 * The code of a response that has no `grpc-status`, by its HTTP status (gRPC's
 * "HTTP to gRPC Status Code Mapping"). UNKNOWN for all that the table leaves
 * out, 200 among them: a gRPC response would have a status.
 */
export function codeFromHttpStatus(status: number): Code {
  return codes.get(status) ?? Code.Unknown;
}
