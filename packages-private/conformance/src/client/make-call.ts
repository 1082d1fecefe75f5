import { create, fromBinary } from "@bufbuild/protobuf";
import type { DescMessage, FileRegistry, Message } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { Any } from "@bufbuild/protobuf/wkt";
import { ConnectError, createClient } from "@connectrpc/connect";
import type { CallOptions, Transport } from "@connectrpc/connect";
import { setTimeout as delay } from "node:timers/promises";
import type { Header } from "../server/messages.ts";
import { findService } from "../tools/descriptors.ts";
import type { ClientCompatRequest, ClientResponseResult, ResponseMessage } from "./messages.ts";

const fullDuplex = 5;

type Call = (
  request: unknown,
  options: CallOptions,
) => Promise<ResponseMessage> | AsyncIterable<ResponseMessage>;

/** Makes the call of one case, and notes all that a caller can see of it. */
export async function makeCall(
  request: ClientCompatRequest,
  transport: Transport,
  registry: FileRegistry,
): Promise<ClientResponseResult> {
  const service = findService(registry, request.service ?? "");
  const method = service.methods.find(({ name }) => name === request.method);
  if (method === undefined) throw new Error(`there is no method ${request.method}`);
  const call = (createClient(service, transport) as unknown as Record<string, Call>)[
    method.localName
  ] as Call;
  const messages = request.requestMessages.map((any) => unpack(method.input, any));
  return new Observed(request).run(call, method.methodKind, messages);
}

function unpack(schema: DescMessage, any: Any): Message {
  return fromBinary(schema, any.value);
}

/** One call under observation. */
class Observed {
  readonly #request: ClientCompatRequest;
  readonly #abort: AbortController = new AbortController();
  readonly #result: ClientResponseResult = {
    responseHeaders: [],
    responseTrailers: [],
    payloads: [],
    error: undefined,
  };
  #headersSeen = false;
  #trailersSeen = false;
  #answered: () => void = () => {};

  constructor(request: ClientCompatRequest) {
    this.#request = request;
  }

  async run(call: Call, kind: string, messages: readonly Message[]): Promise<ClientResponseResult> {
    try {
      if (kind === "unary" || kind === "server_streaming") {
        await delay(this.#request.requestDelayMs);
        await this.#read(call(messages[0], this.#options()), true);
      } else {
        await this.#read(call(this.#send(messages), this.#options()), false);
      }
    } catch (error) {
      this.#failed(ConnectError.from(error));
    }
    return this.#result;
  }

  #options(): CallOptions {
    const { requestHeaders, timeoutMs } = this.#request;
    const headers = new Headers();
    for (const { name, value } of requestHeaders) {
      for (const each of value) headers.append(name, each);
    }
    return {
      headers,
      signal: this.#abort.signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
      onHeader: (header) => {
        this.#headersSeen = true;
        this.#result.responseHeaders = toFields(header);
      },
      onTrailer: (trailer) => {
        this.#trailersSeen = true;
        this.#result.responseTrailers = toFields(trailer);
      },
    };
  }

  async *#send(messages: readonly Message[]): AsyncGenerator<Message, void> {
    for (const [i, message] of messages.entries()) {
      await delay(this.#request.requestDelayMs);
      const answer = new Promise<void>((resolve) => (this.#answered = resolve));
      yield message;
      if (this.#request.streamType === fullDuplex && i < messages.length) await answer;
    }
    if (this.#timing.case === "beforeCloseSend") {
      this.#abort.abort();
      return;
    }
    this.#sent();
  }

  get #timing(): NonNullable<ClientCompatRequest["cancel"]>["cancelTiming"] {
    return this.#request.cancel?.cancelTiming ?? { case: undefined };
  }

  #sent(): void {
    const timing = this.#timing;
    if (timing.case === "afterCloseSendMs") {
      setTimeout(() => this.#abort.abort(), timing.value);
    }
  }

  async #read(
    response: Promise<ResponseMessage> | AsyncIterable<ResponseMessage>,
    sent: boolean,
  ): Promise<void> {
    if (sent) this.#sent();
    try {
      if (response instanceof Promise) {
        this.#received(await response);
        return;
      }
      const timing = this.#timing;
      if (timing.case === "afterNumResponses" && timing.value === 0) this.#abort.abort();
      for await (const message of response) {
        this.#received(message);
        const { payloads } = this.#result;
        if (timing.case === "afterNumResponses" && payloads.length === timing.value) {
          this.#abort.abort();
        }
      }
    } finally {
      this.#answered();
    }
  }

  #received({ payload }: ResponseMessage): void {
    this.#result.payloads.push(payload ?? {});
    this.#answered();
  }

  /** What an error has of metadata is headers and trailers in one. */
  #failed(error: ConnectError): void {
    const metadata = toFields(error.metadata);
    if (!this.#headersSeen) this.#result.responseHeaders = metadata;
    if (!this.#trailersSeen) this.#result.responseTrailers = metadata;
    const details = error.details.flatMap((detail) =>
      "type" in detail
        ? [
            create(AnySchema, {
              typeUrl: `type.googleapis.com/${detail.type}`,
              value: detail.value,
            }),
          ]
        : [],
    );
    this.#result.error = { code: error.code, message: error.rawMessage, details };
  }
}

function toFields(headers: Headers): Header[] {
  return [...headers].map(([name, value]) => ({ name, value: value.split(/,\s*/) }));
}
