import { create } from "@bufbuild/protobuf";
import type { DescMessage, FileRegistry, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, createContextValues } from "@connectrpc/connect";
import type { CallOptions, Transport } from "@connectrpc/connect";
import { waitForReady } from "@privet/rpc-channel";
import type {
  SimpleResponse,
  StreamingInputCallResponse,
  StreamingOutputCallResponse,
} from "../../interop/messages.ts";
import { collect } from "../../tools/collect.ts";
import { findService } from "../../tools/descriptors.ts";

/** Longer than any call may take. */
const PATIENCE_MS = 30_000;
const patient = createContextValues().set(waitForReady, true);

/** A sort of call. Its promise rejects where it ended in another way than was meant. */
export interface Kind {
  readonly name: string;
  /** Of all calls, against the other kinds' shares. */
  readonly share: number;
  readonly call: () => Promise<void>;
}

/** gRPC's test service, whose messages are known when the descriptors have been read. */
interface TestClient {
  unaryCall(request: Message, options: CallOptions): Promise<SimpleResponse>;
  streamingOutputCall(
    request: Message,
    options: CallOptions,
  ): AsyncIterable<StreamingOutputCallResponse>;
  streamingInputCall(
    requests: AsyncIterable<Message>,
    options: CallOptions,
  ): Promise<StreamingInputCallResponse>;
  fullDuplexCall(
    requests: AsyncIterable<Message>,
    options: CallOptions,
  ): AsyncIterable<StreamingOutputCallResponse>;
}

/** The calls that are made, over all four kinds of methods and the ways to give one up. */
export function kindsOf(registry: FileRegistry, transport: Transport): readonly Kind[] {
  const service = findService(registry, "grpc.testing.TestService");
  const client = createClient(service, transport) as unknown as TestClient;
  const inputOf = (name: string): DescMessage => service.method[name]?.input as DescMessage;
  const simple = (fields: Record<string, unknown>): Message => create(inputOf("unaryCall"), fields);
  const wanted = (...intervalsMs: number[]): Message =>
    create(inputOf("streamingOutputCall"), {
      responseParameters: intervalsMs.map((ms) => ({ size: 1_000, intervalUs: ms * 1_000 })),
    });
  const upload = (): Message =>
    create(inputOf("streamingInputCall"), { payload: { body: new Uint8Array(1_000) } });

  return [
    {
      name: "unary",
      share: 55,
      call: async () => {
        const { payload } = await client.unaryCall(simple({ responseSize: 100 }), within());
        expect(payload?.body.length, 100);
      },
    },
    {
      name: "unary with an error",
      share: 5,
      call: () =>
        endsWith(Code.NotFound, () =>
          client.unaryCall(simple({ responseStatus: { code: Code.NotFound } }), within()),
        ),
    },
    {
      name: "server streaming",
      share: 10,
      call: async () => {
        const responses = await collect(
          client.streamingOutputCall(wanted(0, 0, 0, 0, 0), within()),
        );
        expect(responses.length, 5);
      },
    },
    {
      name: "client streaming",
      share: 10,
      call: async () => {
        const requests = several(5, upload);
        const { aggregatedPayloadSize } = await client.streamingInputCall(requests, within());
        expect(aggregatedPayloadSize, 5_000);
      },
    },
    {
      name: "bidirectional",
      share: 10,
      call: async () => {
        const requests = several(3, () => wanted(0));
        expect((await collect(client.fullDuplexCall(requests, within()))).length, 3);
      },
    },
    {
      name: "cancelled download",
      share: 5,
      call: () => {
        const abort = new AbortController();
        return endsWith(Code.Canceled, async () => {
          const request = wanted(0, PATIENCE_MS);
          const options = within(PATIENCE_MS, abort.signal);
          for await (const _ of client.streamingOutputCall(request, options)) abort.abort();
        });
      },
    },
    {
      name: "cancelled at once",
      share: 2,
      call: () => {
        const abort = new AbortController();
        setImmediate(() => abort.abort());
        return endsWith(Code.Canceled, () =>
          collect(
            client.streamingOutputCall(wanted(PATIENCE_MS), within(PATIENCE_MS, abort.signal)),
          ),
        );
      },
    },
    {
      name: "out of time",
      share: 3,
      call: () =>
        endsWith(Code.DeadlineExceeded, () =>
          collect(client.streamingOutputCall(wanted(PATIENCE_MS), within(20))),
        ),
    },
  ];
}

function within(timeoutMs: number = PATIENCE_MS, signal?: AbortSignal): CallOptions {
  return { timeoutMs, contextValues: patient, ...(signal && { signal }) };
}

async function* several(count: number, make: () => Message): AsyncGenerator<Message> {
  for (let i = 0; i < count; i++) yield make();
}

function expect(found: unknown, meant: unknown): void {
  if (found !== meant) throw new Error(`${String(found)}, where ${String(meant)} is meant`);
}

async function endsWith(code: Code, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ConnectError && error.code === code) return;
    throw error;
  }
  throw new Error(`OK, where ${Code[code]} is meant`);
}
