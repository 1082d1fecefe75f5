// The server.
export { createServer } from "./server.ts";
export type { InMemoryPort, PortOptions, Server, StopOptions } from "./server.ts";
export type { ServerOptions } from "./server-options.ts";
export type { CorsOptions } from "./port/cors.ts";
export type { Logger } from "./logger.ts";
export type { Limits } from "@privet/http2";
export type { Clock } from "@privet/http2/node";

// What is ready to be served beside your services.
export { createHealth } from "./health/health.ts";
export type { Health } from "./health/health.ts";
export type { ServingStatus } from "./health/statuses.ts";
export { reflection } from "./reflection/reflection.ts";
export type { ReflectionOptions } from "./reflection/reflection.ts";

// TLS.
export { tlsCredentials, tlsCredentialsFromFiles } from "./tls/credentials.ts";
export type {
  ClientCertificates,
  ServerCredentials,
  TlsFileOptions,
  TlsOptions,
  TlsVersion,
} from "./tls/credentials.ts";
export type { TlsMaterial } from "./tls/material.ts";

// Who calls, and whether they may.
export { peerKey } from "./peer.ts";
export type { Peer } from "./peer.ts";
export type { TlsIdentity } from "./tls/identity.ts";
export type { SubjectNames } from "./tls/subject-names.ts";
export { identityKey } from "./auth/identity.ts";
export type { Identity } from "./auth/identity.ts";
export type { RequestGate } from "./router/route.ts";
export { bearerAuth } from "./auth/bearer.ts";
export type { BearerOptions, VerifyToken } from "./auth/bearer.ts";
export { staticTokens } from "./auth/static-tokens.ts";
export { mutualTlsAuth } from "./auth/mutual-tls.ts";
export type { MutualTlsOptions } from "./auth/mutual-tls.ts";
export { allOf, anyOf, except, permit } from "./auth/gates.ts";

// Requests before they are calls.
export type { RequestView } from "./fallback/request-view.ts";
export type { Fallback, FallbackRequest } from "./fallback/fallback.ts";

// Compression.
export { messageCompressionKey } from "./context/message-compression.ts";
export type { MessageCompression } from "./context/message-compression.ts";
export {
  compressionBrotli,
  compressionDeflate,
  compressionGzip,
  compressionZstd,
} from "@privet/grpc-wire";

// What happens, for metrics, traces and logs.
export type { CallObserver, ObservedCall, ServerObserver } from "./observe.ts";
