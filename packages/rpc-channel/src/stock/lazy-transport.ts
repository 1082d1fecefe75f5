import type {
  DescMessage,
  DescMethodStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type { ContextValues, StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";

/** A transport that is made at the first call: its code has to be loaded, or its certificates read. */
export class LazyTransport implements Transport {
  readonly #create: () => Promise<Transport>;
  #transport: Promise<Transport> | undefined = undefined;

  constructor(create: () => Promise<Transport>) {
    this.#create = create;
  }

  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: MessageInitShape<I>,
    contextValues?: ContextValues,
  ): Promise<UnaryResponse<I, O>> {
    const transport = await this.#get();
    return transport.unary(method, signal, timeoutMs, header, input, contextValues);
  }

  async stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodStreaming<I, O>,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
    header: HeadersInit | undefined,
    input: AsyncIterable<MessageInitShape<I>>,
    contextValues?: ContextValues,
  ): Promise<StreamResponse<I, O>> {
    const transport = await this.#get();
    return transport.stream(method, signal, timeoutMs, header, input, contextValues);
  }

  /** What couldn't be read is read again at the next call. */
  #get(): Promise<Transport> {
    return (this.#transport ??= this.#create().catch((error: unknown) => {
      this.#transport = undefined;
      throw error;
    }));
  }
}
