import type { DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import type { HandlerContext, Interceptor, MethodImplSpec } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { CompressionTable } from "./compression-table.ts";
import type { MessageCodec } from "./message-codec.ts";

/** One method at its path, and all that a call of it needs to know. */
export interface Route {
  /** With the prefix: "/prefix/package.Service/Method". */
  readonly path: string;
  readonly kind: MethodImplSpec["kind"];
  readonly method: DescMethod;
  readonly service: DescService;
  readonly impl: Implementation;
  /** Is gRPC among the protocols that it is served with? */
  readonly servesGrpc: boolean;
  /** Every protocol, by Connect's own code. */
  readonly universal: UniversalHandler;
  readonly codec: MessageCodec<DescMessage, DescMessage>;
  readonly interceptors: readonly Interceptor[];
  readonly requestGate: RequestGate | undefined;
  readonly compression: CompressionTable;
  readonly readMaxBytes: number;
  readonly compressMinBytes: number;
  readonly maxTimeoutMs: number;
  readonly shutdownSignal: AbortSignal | undefined;
}

/** An implementation of any kind: what it takes and gives depends on the kind. */
export type Implementation = (request: never, context: HandlerContext) => unknown;

/** Throws, or rejects with, a ConnectError to end a call before its body is read. */
export type RequestGate = (context: HandlerContext) => void | Promise<void>;
