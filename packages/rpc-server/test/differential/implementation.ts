import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter, HandlerContext, Interceptor } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";

/** What implementations saw, by the request's `x-case`. */
export type Seen = Map<string, unknown[]>;

/** What a request's `x-script` can ask an implementation for. */
export const actions = [
  "head",
  "head-bin",
  "cookies",
  "joined",
  "trail",
  "fail",
  "fail-metadata",
  "fail-protocol-metadata",
  "fail-details",
  "fail-wire",
  "throw",
  "throw-string",
  "abort-error",
  "late-fail",
  "late-throw",
  "nothing",
  "long",
  "unread",
  "read-one",
  "patient",
  "deny",
  "deny-late",
  "gate-head",
] as const;
type Action = (typeof actions)[number];

/** Notes what it sees, and does what the request's headers ask for. */
class Play {
  readonly #context: HandlerContext;
  readonly #seen: unknown[];
  readonly #script: ReadonlySet<string>;

  constructor(context: HandlerContext, seen: Seen) {
    const { requestHeader } = context;
    this.#context = context;
    this.#script = new Set((requestHeader.get("x-script") ?? "").split(" "));
    const id = requestHeader.get("x-case") ?? "";
    this.#seen = seen.get(id) ?? [];
    seen.set(id, this.#seen);
    this.note("call", {
      method: context.method.name,
      service: context.service.typeName,
      requestMethod: context.requestMethod,
      protocol: context.protocolName,
      url: new URL(context.url).pathname + new URL(context.url).search,
      hasTimeout: typeof context.timeoutMs(),
      request: [...requestHeader].filter(([name]) => name !== "host"),
      response: [...context.responseHeader],
      trailer: [...context.responseTrailer],
      aborted: context.signal.aborted,
    });
  }

  does(action: Action): boolean {
    return this.#script.has(action);
  }

  note(...entry: unknown[]): void {
    this.#seen.push(entry);
  }

  async begin(): Promise<void> {
    const { responseHeader, responseTrailer } = this.#context;
    if (this.does("patient")) await new Promise((resolve) => setImmediate(resolve));
    if (this.does("head")) responseHeader.set("x-head", "Hello, World");
    if (this.does("head-bin")) responseHeader.set("x-head-bin", "AAEC");
    if (this.does("cookies")) {
      responseHeader.append("set-cookie", "a=1");
      responseHeader.append("set-cookie", "b=2");
    }
    if (this.does("joined")) {
      responseHeader.append("x-joined", "1");
      responseHeader.append("x-joined", "2");
    }
    if (this.does("trail")) responseTrailer.set("x-trail", "Goodbye");
    this.#fail();
  }

  late(): void {
    if (this.does("late-fail")) throw new ConnectError("late: äöü €", Code.OutOfRange);
    if (this.does("late-throw")) throw new TypeError("late secret");
  }

  greeting(name: string): { greeting: string } {
    return { greeting: this.does("long") ? "long ".repeat(500) : `Hello, ${name}!` };
  }

  async *requests<T extends { name: string }>(messages: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      for await (const message of messages) {
        this.note("message", message.name);
        yield message;
        if (this.does("read-one")) return;
      }
      this.note("end of request");
    } catch (error) {
      const { code, rawMessage } = ConnectError.from(error);
      this.note("error in request", Code[code], rawMessage);
      throw error;
    }
  }

  #fail(): void {
    if (this.does("throw")) throw new Error("secret");
    if (this.does("throw-string")) throw "secret";
    if (this.does("abort-error")) throw new DOMException("stopped", "AbortError");
    if (this.does("fail")) throw new ConnectError("100 % wrong:\n\u0000 äöü €", Code.NotFound);
    if (this.does("fail-metadata")) {
      throw new ConnectError("no", Code.Aborted, { "x-trail": "of the error", "x-error": "1" });
    }
    if (this.does("fail-protocol-metadata")) {
      const metadata = { "content-type": "text/html", "grpc-status": "0", "x-error": "1" };
      throw new ConnectError("no", Code.Unavailable, metadata);
    }
    if (this.does("fail-details")) {
      const value = { fieldViolations: [{ field: "name", description: "пусто" }] };
      throw new ConnectError("no", Code.InvalidArgument, undefined, [
        { desc: BadRequestSchema, value },
      ]);
    }
    if (this.does("fail-wire")) {
      const error = new ConnectError("theirs", Code.DataLoss, { "x-theirs": "1" });
      throw Object.assign(error, { isWireError: true });
    }
  }
}

/** The same for both servers. */
export function greeterRoutes(seen: Seen): (router: ConnectRouter) => void {
  return (router) => {
    router.service(GreeterService, {
      async sayHello({ name }, context) {
        const play = new Play(context, seen);
        play.note("message", name);
        await play.begin();
        play.late();
        return play.greeting(name);
      },
      async *sayHelloInLanguages({ name, languageTags }, context) {
        const play = new Play(context, seen);
        play.note("message", name);
        try {
          await play.begin();
          if (play.does("nothing")) return;
          yield play.greeting(name);
          for (const tag of languageTags) yield play.greeting(tag);
          play.late();
        } finally {
          play.note("finally");
        }
      },
      async sayHelloToAll(requests, context) {
        const play = new Play(context, seen);
        await play.begin();
        const names: string[] = [];
        if (!play.does("unread")) {
          for await (const { name } of play.requests(requests)) names.push(name);
        }
        play.late();
        return play.greeting(names.join(", "));
      },
      async *sayHelloToEach(requests, context) {
        const play = new Play(context, seen);
        try {
          await play.begin();
          if (play.does("unread")) {
            yield play.greeting("unread");
          } else {
            for await (const { name } of play.requests(requests)) {
              if (!play.does("nothing")) yield play.greeting(name);
            }
          }
          play.late();
        } finally {
          play.note("finally");
        }
      },
    });
  };
}

/** Reads a header and adds one, as most interceptors do. */
export const stamp: Interceptor = (next) => async (request) => {
  const response = await next(request);
  response.header.set("x-stamp", request.header.get("x-case") ?? "none");
  return response;
};

/** Reads the headers and lets most calls pass. */
export async function gate({ requestHeader, responseHeader }: HandlerContext): Promise<void> {
  const script = (requestHeader.get("x-script") ?? "").split(" ");
  if (script.includes("gate-head")) responseHeader.set("x-gate", "open");
  if (script.includes("deny")) throw new ConnectError("denied", Code.PermissionDenied);
  await new Promise((resolve) => setImmediate(resolve));
  if (script.includes("deny-late")) throw new ConnectError("denied", Code.Unauthenticated);
}
