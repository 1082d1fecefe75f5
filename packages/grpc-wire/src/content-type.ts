/** The message formats of gRPC that Connect speaks. */
export type Codec = "proto" | "json";

/** The content type of a response, by the format of its messages. */
export const contentTypes: Readonly<Record<Codec, string>> = {
  proto: "application/grpc+proto",
  json: "application/grpc+json",
};

const grpc = /^application\/grpc(?:\+(?:(json)(?:; ?charset=utf-8)?|proto))?$/i;

/**
 * The format that a content type of gRPC names, or undefined where it is none
 * of ours: the server answers 415 then (gRPC over HTTP/2, "Requests").
 */
export function codecOf(contentType: string): Codec | undefined {
  // The two that nearly every client sends, without the regular expression.
  if (contentType === "application/grpc" || contentType === contentTypes.proto) return "proto";
  const match = grpc.exec(contentType);
  if (match === null) return undefined;
  return match[1] === undefined ? "proto" : "json";
}
