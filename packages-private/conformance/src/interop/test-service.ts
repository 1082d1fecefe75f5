import type { FileRegistry, Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { messageCompressionKey } from "@privet/rpc-server";
import { setTimeout as delay } from "node:timers/promises";
import { collect } from "../tools/collect.ts";
import { dynamicRoutes } from "../tools/dynamic-service.ts";
import type {
  BoolValue,
  EchoStatus,
  Payload,
  SimpleRequest,
  StreamingInputCallRequest,
  StreamingOutputCallRequest,
} from "./messages.ts";

// grpc.testing.TestService, as gRPC's "interop test case descriptions" want it
// of a server. UnimplementedCall and UnimplementedService stay so.

/** Registers the service that other languages' interoperability clients call. */
export function testRoutes(registry: FileRegistry): (router: ConnectRouter) => void {
  return dynamicRoutes(registry, "grpc.testing.TestService", {
    emptyCall,
    unaryCall,
    cacheableUnaryCall,
    streamingOutputCall,
    streamingInputCall,
    fullDuplexCall,
    halfDuplexCall,
  });
}

function emptyCall(_request: Message, context: HandlerContext): object {
  echoMetadata(context);
  return {};
}

interface PayloadResponse {
  readonly payload: Payload;
}

function unaryCall(
  request: SimpleRequest,
  context: HandlerContext,
): PayloadResponse & { readonly serverId?: string } {
  checkCompressed(request.expectCompressed, context);
  echoMetadata(context);
  throwStatus(request.responseStatus);
  compress(request.responseCompressed, context);
  return {
    payload: zeroes(request.responseSize),
    ...(request.fillServerId && { serverId: `privet-${process.pid}` }),
  };
}

function cacheableUnaryCall(request: SimpleRequest, context: HandlerContext): PayloadResponse {
  context.responseHeader.set("cache-control", "max-age=60, public");
  return unaryCall(request, context);
}

async function streamingInputCall(
  requests: AsyncIterable<StreamingInputCallRequest>,
  context: HandlerContext,
): Promise<{ readonly aggregatedPayloadSize: number }> {
  let aggregatedPayloadSize = 0;
  for await (const { payload, expectCompressed } of requests) {
    checkCompressed(expectCompressed, context);
    aggregatedPayloadSize += payload?.body.length ?? 0;
  }
  return { aggregatedPayloadSize };
}

async function* fullDuplexCall(
  requests: AsyncIterable<StreamingOutputCallRequest>,
  context: HandlerContext,
): AsyncGenerator<PayloadResponse> {
  echoMetadata(context);
  for await (const request of requests) {
    throwStatus(request.responseStatus);
    yield* streamingOutputCall(request, context);
  }
}

async function* halfDuplexCall(
  requests: AsyncIterable<StreamingOutputCallRequest>,
  context: HandlerContext,
): AsyncGenerator<PayloadResponse> {
  for (const request of await collect(requests)) {
    yield* streamingOutputCall(request, context);
  }
}

async function* streamingOutputCall(
  { responseParameters }: StreamingOutputCallRequest,
  context: HandlerContext,
): AsyncGenerator<PayloadResponse> {
  for (const { size, intervalUs, compressed } of responseParameters) {
    if (intervalUs > 0) await delay(intervalUs / 1000, undefined, { signal: context.signal });
    compress(compressed, context);
    yield { payload: zeroes(size) };
  }
}

/** @throws ConnectError INVALID_ARGUMENT where the client should have compressed the message and has not */
function checkCompressed(expected: BoolValue | undefined, context: HandlerContext): void {
  if (expected?.value === true && !context.values.get(messageCompressionKey).received) {
    throw new ConnectError("the message should have come compressed", Code.InvalidArgument);
  }
}

/** Compresses the next message, or does not; where nothing is asked for, the server chooses. */
function compress(wanted: BoolValue | undefined, context: HandlerContext): void {
  context.values.get(messageCompressionKey).send = wanted?.value;
}

function echoMetadata({ requestHeader, responseHeader, responseTrailer }: HandlerContext): void {
  echo("x-grpc-test-echo-initial", requestHeader, responseHeader);
  echo("x-grpc-test-echo-trailing-bin", requestHeader, responseTrailer);
}

function echo(name: string, from: Headers, to: Headers): void {
  const value = from.get(name);
  if (value !== null) to.set(name, value);
}

/** @throws ConnectError with the status that the client wants to see */
function throwStatus(status: EchoStatus | undefined): void {
  if (status !== undefined && status.code !== 0) {
    throw new ConnectError(status.message, status.code);
  }
}

function zeroes(size: number): Payload {
  return { body: new Uint8Array(size) };
}
