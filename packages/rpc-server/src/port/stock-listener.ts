import { createContextValues } from "@connectrpc/connect";
import type { ConnectRouter, ConnectRouterOptions, ContextValues } from "@connectrpc/connect";
import {
  connectNodeAdapter,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { ServerResponse } from "node:http";
import type { Fallback } from "../fallback/fallback.ts";
import type { RequestView } from "../fallback/request-view.ts";
import type { CallSlots } from "../call-slots.ts";
import type { Logger } from "../logger.ts";
import { peerKey } from "../peer.ts";
import { defaultReadMaxBytes } from "../router/route-table.ts";
import type { Cors } from "./cors.ts";
import { isCutKey, refuseCutUploads } from "./cut-uploads.ts";
import { field, viewOf } from "./stock-request.ts";
import type { Request, Response } from "./stock-request.ts";

/** Answers a request that `node:http` or `node:http2` has read. */
export type StockListener = (request: Request, response: Response) => void;

export interface StockListenerOptions extends ConnectRouterOptions {
  readonly routes: (router: ConnectRouter) => void;
  readonly requestPathPrefix?: string;
  readonly contextValues?: (request: RequestView) => ContextValues;
  readonly fallback?: Fallback;
  readonly cors: Cors | undefined;
  /** Calls at work at once; a request beyond is answered by status 429. */
  readonly slots: CallSlots;
  /** False until the server has been started: requests are answered by status 503. */
  readonly isServing: () => boolean;
  readonly logger: Logger;
}

/** Serves the routes by Connect's stock adapter, which is made when it is first needed. */
export function createStockListener(options: StockListenerOptions): StockListener {
  const { cors, slots, isServing } = options;
  let adapter: StockListener | undefined;
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
    response.once("close", () => slots.give());
    adapter ??= createAdapter(options);
    try {
      adapter(request, response);
    } catch (error) {
      // The adapter throws where it can't make a URL of the request.
      options.logger.info({ err: error }, "a request can't be read");
      respond(response, 400);
    }
  };
}

function createAdapter(options: StockListenerOptions): StockListener {
  const { contextValues = () => createContextValues(), fallback, ...rest } = options;
  return connectNodeAdapter({
    ...rest,
    readMaxBytes: rest.readMaxBytes ?? defaultReadMaxBytes,
    interceptors: [refuseCutUploads, ...(rest.interceptors ?? [])],
    contextValues: (request) => {
      const view = viewOf(request);
      return contextValues(view)
        .set(peerKey, view.peer)
        .set(isCutKey, () => "stream" in request && request.stream.aborted);
    },
    ...(fallback !== undefined && {
      fallback: (request, response) => {
        answer(fallback, request, response as Response).catch((error: unknown) => {
          options.logger.error({ err: error }, "the fallback failed");
          if (response.headersSent) response.destroy();
          else respond(response as Response, 500);
        });
      },
    }),
  });
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

async function answer(fallback: Fallback, request: Request, response: Response): Promise<void> {
  const { body, signal } = universalRequestFromNodeRequest(request, response, undefined, undefined);
  const answered = await fallback({
    ...viewOf(request),
    body: body as AsyncIterable<Uint8Array>,
    signal,
  });
  await universalResponseToNodeResponse(answered, response);
}

function respond(
  response: Response,
  status: number,
  headers: Record<string, string> = {},
  body = "",
): void {
  (response as ServerResponse).writeHead(status, headers).end(body);
}
