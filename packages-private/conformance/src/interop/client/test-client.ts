import type { FileRegistry, Message } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import type { CallOptions, Transport } from "@connectrpc/connect";
import { findService } from "../../tools/descriptors.ts";
import type {
  Payload,
  ResponseParameters,
  SimpleRequest,
  SimpleResponse,
  StreamingInputCallRequest,
  StreamingInputCallResponse,
  StreamingOutputCallRequest,
  StreamingOutputCallResponse,
} from "../messages.ts";

/** What a caller gives for a message: the fields that it sets. */
type Init<M extends Message> = Partial<Omit<M, keyof Message>>;

/** A message of a request stream. */
export type InputRequest = Init<StreamingInputCallRequest>;

/** A message that asks for messages. */
export type OutputRequest = Omit<Init<StreamingOutputCallRequest>, "responseParameters"> & {
  readonly payload?: Payload;
  readonly responseParameters?: readonly Partial<ResponseParameters>[];
};

/** A client of grpc.testing.TestService, of which there are descriptors, and no generated code. */
export interface TestClient {
  emptyCall(request: object, options?: CallOptions): Promise<Message>;
  unaryCall(request: Init<SimpleRequest>, options?: CallOptions): Promise<SimpleResponse>;
  streamingInputCall(
    requests: AsyncIterable<InputRequest>,
    options?: CallOptions,
  ): Promise<StreamingInputCallResponse>;
  streamingOutputCall(
    request: OutputRequest,
    options?: CallOptions,
  ): AsyncIterable<StreamingOutputCallResponse>;
  fullDuplexCall(
    requests: AsyncIterable<OutputRequest>,
    options?: CallOptions,
  ): AsyncIterable<StreamingOutputCallResponse>;
  unimplementedCall(request: object, options?: CallOptions): Promise<Message>;
}

export function testClient(registry: FileRegistry, transport: Transport): TestClient {
  const service = findService(registry, "grpc.testing.TestService");
  return createClient(service, transport) as unknown as TestClient;
}

/** A client of the service that no server has. */
export function unimplementedClient(
  registry: FileRegistry,
  transport: Transport,
): Pick<TestClient, "unimplementedCall"> {
  const service = findService(registry, "grpc.testing.UnimplementedService");
  return createClient(service, transport) as unknown as TestClient;
}

/** The requests of a stream, one after the other. */
export async function* stream<Item>(...items: readonly Item[]): AsyncGenerator<Item, void> {
  yield* items;
}

export function zeroes(size: number): Payload {
  return { body: new Uint8Array(size) };
}

/** The sizes of the payloads that come, when the stream has ended. */
export async function sizesOf(
  responses: AsyncIterable<StreamingOutputCallResponse>,
): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { payload } of responses) sizes.push(payload?.body.length ?? 0);
  return sizes;
}
