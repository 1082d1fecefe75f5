import { create } from "@bufbuild/protobuf";
import type { DescMessage, FileRegistry, Message } from "@bufbuild/protobuf";
import { anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import type { Any } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { setTimeout as delay } from "node:timers/promises";
import { collect } from "../tools/collect.ts";
import { dynamicRoutes } from "../tools/dynamic-service.ts";
import type {
  ErrorDefinition,
  Header,
  Payload,
  RequestInfo,
  StreamRequest,
  StreamResponseDefinition,
  UnaryRequest,
  UnaryResponseDefinition,
} from "./messages.ts";

const PACKAGE = "connectrpc.conformance.v1";

/** Registers the service that the runner's clients call: it answers as each request says. */
export function conformanceRoutes(registry: FileRegistry): (router: ConnectRouter) => void {
  const service = new ConformanceService(registry);
  return dynamicRoutes(registry, `${PACKAGE}.ConformanceService`, {
    unary: (request: UnaryRequest, context) => service.unary([request], context),
    idempotentUnary: (request: UnaryRequest, context) => service.unary([request], context),
    clientStream: (requests: AsyncIterable<UnaryRequest>, context) =>
      service.clientStream(requests, context),
    serverStream: (request: StreamRequest, context) => service.serverStream(request, context),
    bidiStream: (requests: AsyncIterable<StreamRequest>, context) =>
      service.bidiStream(requests, context),
    // `unimplemented` is what its name says.
  });
}

type OutgoingDetail = Extract<ConnectError["details"][number], { desc: DescMessage }>;

/** A response of whatever method: they all have one field. */
interface Response {
  readonly payload: Payload;
}

class ConformanceService {
  readonly #registry: FileRegistry;
  readonly #requestInfo: DescMessage;

  constructor(registry: FileRegistry) {
    this.#registry = registry;
    this.#requestInfo = messageOf(registry, `${PACKAGE}.ConformancePayload.RequestInfo`);
  }

  async unary(requests: readonly UnaryRequest[], context: HandlerContext): Promise<Response> {
    const definition = requests[0]?.responseDefinition;
    const info = { ...observe(context), requests: this.#pack(requests) };
    if (definition === undefined) return { payload: { requestInfo: info } };
    setFields(definition, context);
    await delay(definition.responseDelayMs);
    if (definition.response.case === "error") {
      throw this.#error(definition.response.value, info);
    }
    return { payload: { ...dataOf(definition), requestInfo: info } };
  }

  async clientStream(
    requests: AsyncIterable<UnaryRequest>,
    context: HandlerContext,
  ): Promise<Response> {
    return this.unary(await collect(requests), context);
  }

  async *serverStream(request: StreamRequest, context: HandlerContext): AsyncGenerator<Response> {
    const definition = request.responseDefinition;
    if (definition === undefined) return;
    setFields(definition, context);
    const info = { ...observe(context), requests: this.#pack([request]) };
    yield* this.#rest(definition, 0, info);
  }

  async *bidiStream(
    requests: AsyncIterable<StreamRequest>,
    context: HandlerContext,
  ): AsyncGenerator<Response> {
    let first: StreamRequest | undefined;
    let sent = 0;
    const unanswered: StreamRequest[] = [];
    for await (const request of requests) {
      if (first === undefined) {
        first = request;
        if (request.responseDefinition !== undefined)
          setFields(request.responseDefinition, context);
      }
      unanswered.push(request);
      if (first.fullDuplex !== true) continue;
      const data = first.responseDefinition?.responseData[sent];
      if (data === undefined) break;
      const seen = { requests: this.#pack(unanswered.splice(0)) };
      await delay(first.responseDefinition?.responseDelayMs);
      yield {
        payload: { data, requestInfo: sent === 0 ? { ...observe(context), ...seen } : seen },
      };
      sent += 1;
    }
    if (first?.responseDefinition === undefined) return;
    const info = { ...observe(context), requests: this.#pack(unanswered) };
    yield* this.#rest(first.responseDefinition, sent, info);
  }

  /** The responses from number `from` on, then the error; what comes first tells what was seen. */
  async *#rest(
    { responseData, responseDelayMs, error }: StreamResponseDefinition,
    from: number,
    info: RequestInfo,
  ): AsyncGenerator<Response> {
    for (const [index, data] of responseData.entries()) {
      if (index < from) continue;
      await delay(responseDelayMs);
      yield { payload: index === 0 ? { data, requestInfo: info } : { data } };
    }
    if (error !== undefined) {
      throw this.#error(error, responseData.length === 0 ? info : undefined);
    }
  }

  #error(definition: ErrorDefinition, info: RequestInfo | undefined): ConnectError {
    const details: OutgoingDetail[] = definition.details.map((any) => this.#detail(any));
    if (info !== undefined) details.push({ desc: this.#requestInfo, value: { ...info } });
    return new ConnectError(definition.message ?? "", definition.code, undefined, details);
  }

  #detail(any: Any): OutgoingDetail {
    const value = anyUnpack(any, this.#registry);
    if (value === undefined) throw new Error(`the descriptors have no ${any.typeUrl}`);
    return { desc: messageOf(this.#registry, value.$typeName), value };
  }

  #pack(requests: readonly Message[]): Any[] {
    return requests.map((request) => {
      const schema = messageOf(this.#registry, request.$typeName);
      return anyPack(schema, create(schema, request));
    });
  }
}

function messageOf(registry: FileRegistry, typeName: string): DescMessage {
  const schema = registry.getMessage(typeName);
  if (schema === undefined) throw new Error(`the descriptors have no message ${typeName}`);
  return schema;
}

function dataOf({ response }: UnaryResponseDefinition): Payload {
  return response.case === "responseData" ? { data: response.value } : {};
}

function setFields(
  definition: Pick<UnaryResponseDefinition, "responseHeaders" | "responseTrailers">,
  context: HandlerContext,
): void {
  append(definition.responseHeaders, context.responseHeader);
  append(definition.responseTrailers, context.responseTrailer);
}

function append(from: readonly Header[], to: Headers): void {
  for (const { name, value } of from) {
    for (const one of value) to.append(name, one);
  }
}

function observe(context: HandlerContext): RequestInfo {
  const timeoutMs = context.timeoutMs();
  return {
    requestHeaders: [...context.requestHeader].map(([name, value]) => ({ name, value: [value] })),
    ...(timeoutMs !== undefined && { timeoutMs: BigInt(Math.floor(timeoutMs)) }),
    ...(context.requestMethod === "GET" && {
      connectGetInfo: { queryParams: queryOf(context.url) },
    }),
  };
}

function queryOf(url: string): Header[] {
  return [...new URL(url).searchParams].map(([name, value]) => ({ name, value: [value] }));
}
