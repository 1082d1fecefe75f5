import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import type {
  ContextValues,
  HandlerContext,
  Interceptor,
  StreamRequest,
  StreamResponse,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import type { ContextState } from "./handler-context.ts";
import { ownFields } from "./own-fields.ts";
import type { Overridable } from "./own-fields.ts";

/** What interceptors pass on: for a unary call a message, for the others an iterable of messages. */
export type Body = Message | AsyncIterable<Message>;

type Request = UnaryRequest | StreamRequest;
type Reply = UnaryResponse | StreamResponse;
/** An interceptor's `next`. */
export type Next = ReturnType<Interceptor>;

class RequestState implements Overridable {
  overrides: Map<PropertyKey, unknown> | undefined = undefined;
  readonly context: ContextState;
  readonly stream: boolean;
  readonly message: Body;

  constructor(context: ContextState, stream: boolean, message: Body) {
    this.context = context;
    this.stream = stream;
    this.message = message;
  }
}

interface RequestFields {
  readonly stream: boolean;
  readonly message: Body;
  readonly method: DescMethod;
  readonly requestMethod: string;
  readonly url: string;
  readonly signal: AbortSignal;
  readonly header: Headers;
  readonly service: DescService;
  readonly contextValues: ContextValues;
}

const createRequest = ownFields<RequestState, RequestFields>({
  stream: (state) => state.stream,
  message: (state) => state.message,
  method: (state) => state.context.route.method,
  requestMethod: (state) => state.context.requestMethod,
  url: (state) => state.context.url,
  signal: (state) => state.context.signal,
  header: (state) => state.context.requestHeader,
  service: (state) => state.context.route.service,
  contextValues: (state) => state.context.values,
});

interface ReplyFields {
  readonly message: Body;
  readonly stream: boolean;
  readonly method: DescMethod;
  readonly service: DescService;
  readonly header: Headers;
  readonly trailer: Headers;
}

const createReply = ownFields<RequestState, ReplyFields>({
  message: (state) => state.message,
  stream: (state) => state.stream,
  method: (state) => state.context.route.method,
  service: (state) => state.context.route.service,
  header: (state) => state.context.responseHeader,
  trailer: (state) => state.context.responseTrailer,
});

/** A call's request on its way through its interceptors, and the response on its way back. */
export class InterceptedCall {
  readonly request: Request;
  readonly #context: ContextState;
  readonly #handlerContext: HandlerContext;
  readonly #requestState: RequestState;
  #reply: Reply | undefined = undefined;
  #replyState: RequestState | undefined = undefined;

  /** @param stream is it a call of any kind but unary? */
  constructor(
    context: ContextState,
    handlerContext: HandlerContext,
    stream: boolean,
    message: Body,
  ) {
    this.#context = context;
    this.#handlerContext = handlerContext;
    this.#requestState = new RequestState(context, stream, message);
    this.request = createRequest(this.#requestState) as Request;
  }

  /** The context of the implementation: with what the interceptors have put into the request. */
  contextOf(request: Request): HandlerContext {
    if (request === this.request && this.#requestState.overrides === undefined) {
      return this.#handlerContext;
    }
    return {
      ...this.#handlerContext,
      service: request.service,
      requestHeader: request.header,
      signal: request.signal,
      values: request.contextValues,
    };
  }

  /** The response that the interceptors get. */
  reply(message: Body): Reply {
    this.#replyState = new RequestState(this.#context, this.#requestState.stream, message);
    this.#reply = createReply(this.#replyState) as unknown as Reply;
    return this.#reply;
  }

  /** What they have made of its headers becomes the call's. */
  adoptHeader(reply: Reply): void {
    if (!this.#isOurs(reply)) replace(this.#context.responseHeader, reply.header);
  }

  adoptTrailer(reply: Reply): void {
    if (!this.#isOurs(reply)) replace(this.#context.responseTrailer, reply.trailer);
  }

  #isOurs(reply: Reply): boolean {
    return reply === this.#reply && this.#replyState?.overrides === undefined;
  }
}

function replace(target: Headers, source: Headers): void {
  if (source === target) return;
  for (const name of Array.from(target.keys())) target.delete(name);
  for (const [name, value] of source) target.append(name, value);
}
