import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, createConnectRouter } from "@connectrpc/connect";
import { codeFromHttpStatus } from "@privet/grpc-wire";
import type { Outcome } from "../fallback/outcome.ts";
import type { ObservedCall, ServerObserver } from "../observe.ts";
import type { Routes } from "../router/route-table.ts";
import { field, peerOfRequest } from "./stock-request.ts";
import type { Request, Response } from "./stock-request.ts";

/** Tells an observer of the calls that Connect's stock adapter answers; their messages it can't see. */
export class StockCalls {
  readonly #observer: ServerObserver;
  readonly #methods: ReadonlyMap<string, DescMethod>;
  readonly #outcomes: WeakMap<Request, Outcome> = new WeakMap();

  constructor(observer: ServerObserver, routes: Routes, prefix: string) {
    this.#observer = observer;
    const router = createConnectRouter();
    routes(router);
    this.#methods = new Map(
      router.handlers.map(({ requestPath, method }) => [prefix + requestPath, method]),
    );
  }

  begin(request: Request, response: Response): void {
    const [path = ""] = (request.url ?? "").split("?", 1);
    const method = this.#methods.get(path);
    if (method === undefined) return;
    const call = this.#observer.callStarted?.({
      method,
      path,
      protocol: protocolOf(field(request, "content-type") ?? ""),
      peer: peerOfRequest(request),
      header: (name) => field(request, name),
    });
    if (call === undefined) return;
    const outcome: Outcome = { error: undefined };
    this.#outcomes.set(request, outcome);
    response.once("close", () => {
      call.ended?.(outcome.error ?? statusOf(response));
      call.released?.();
    });
  }

  /** Where the errors of a call's gate, interceptors and implementation are noted. */
  outcomeOf(request: Request): Outcome | undefined {
    return this.#outcomes.get(request);
  }
}

function protocolOf(contentType: string): ObservedCall["protocol"] {
  if (contentType.startsWith("application/grpc-web")) return "grpc-web";
  return contentType.startsWith("application/grpc") ? "grpc" : "connect";
}

/** What a response says that no implementation was asked for, or that was cut off. */
function statusOf(response: Response): ConnectError | undefined {
  const { statusCode, writableFinished } = response;
  if (!writableFinished) return new ConnectError("the client is gone", Code.Canceled);
  if (statusCode < 400) return undefined;
  return new ConnectError(`HTTP ${statusCode}`, codeFromHttpStatus(statusCode));
}
