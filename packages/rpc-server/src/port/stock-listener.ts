import type { CallSlots } from "../call-slots.ts";
import type { ServerObserver } from "../observe.ts";
import type { Cors } from "./cors.ts";
import type { StockAdapterOptions } from "./stock-adapter.ts";
import { StockCalls } from "./stock-calls.ts";
import { field, respond } from "./stock-request.ts";
import type { Request, Response } from "./stock-request.ts";

/** Answers a request that `node:http` or `node:http2` has read. */
export type StockListener = (request: Request, response: Response) => void;

export interface StockListenerOptions extends Omit<StockAdapterOptions, "calls"> {
  readonly cors: Cors | undefined;
  readonly observer: ServerObserver | undefined;
  /** Calls at work at once; a request beyond is answered by status 429. */
  readonly slots: CallSlots;
  /** False until the server has been started: requests are answered by status 503. */
  readonly isServing: () => boolean;
}

/** Serves the routes by Connect's stock adapter, which is loaded when it is first needed. */
export function createStockListener(options: StockListenerOptions): StockListener {
  const { cors, slots, isServing } = options;
  let serve: StockListener | undefined;
  let loading: Promise<StockListener> | undefined;
  return (request, response) => {
    if (cors !== undefined && answersPreflight(cors, request, response)) return;
    if (!isServing()) {
      respond(response, 503, { "retry-after": "1" });
      return;
    }
    if (!slots.take()) {
      respond(response, 429, { "content-type": "application/json" }, exhausted);
      return;
    }
    let isClosed = false;
    response.once("close", () => {
      isClosed = true;
      slots.give();
    });
    if (serve !== undefined) {
      serve(request, response);
      return;
    }
    loading ??= createObservedAdapter(options);
    const begin = (loaded: StockListener): void => {
      serve = loaded;
      // Who has left meanwhile isn't missed.
      if (!isClosed) serve(request, response);
    };
    void loading.then(begin, (error: unknown) => {
      options.logger.error({ err: error }, "Connect's adapter can't be loaded");
      respond(response, 500);
    });
  };
}

async function createObservedAdapter(options: StockListenerOptions): Promise<StockListener> {
  const { observer, routes, requestPathPrefix, logger } = options;
  const { createStockAdapter } = await import("./stock-adapter.ts");
  const calls = observer?.callStarted && new StockCalls(observer, routes, requestPathPrefix);
  const adapter = createStockAdapter({ ...options, calls });
  return (request, response) => {
    try {
      calls?.begin(request, response);
      adapter(request, response);
    } catch (error) {
      logger.info({ err: error }, "a request can't be read");
      respond(response, 400);
    }
  };
}

/** What Connect's clients make RESOURCE_EXHAUSTED of. */
const exhausted = JSON.stringify({
  code: "resource_exhausted",
  message: "too many concurrent calls",
});

function answersPreflight(cors: Cors, request: Request, response: Response): boolean {
  const view = {
    method: request.method ?? "",
    header: (name: string) => field(request, name),
  };
  const preflight = cors.preflight(view);
  const fields = preflight ?? cors.response(view);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    response.setHeader(fields[i] ?? "", fields[i + 1] ?? "");
  }
  if (preflight !== undefined) respond(response, 204);
  return preflight !== undefined;
}
