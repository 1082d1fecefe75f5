import { createContextValues } from "@connectrpc/connect";
import type { ConnectRouterOptions, ContextValues } from "@connectrpc/connect";
import {
  connectNodeAdapter,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import type { Fallback } from "../fallback/fallback.ts";
import { outcomeKey } from "../fallback/outcome.ts";
import type { RequestView } from "../fallback/request-view.ts";
import type { Logger } from "../logger.ts";
import { peerKey } from "../peer.ts";
import type { Routes } from "../router/route-table.ts";
import { isCutKey } from "./cut-uploads.ts";
import type { StockCalls } from "./stock-calls.ts";
import { peerOfRequest, respond, viewOf } from "./stock-request.ts";
import type { Request, Response } from "./stock-request.ts";
import { stockOptions, stockRoutes } from "./stock-routes.ts";

export interface StockAdapterOptions {
  /** Connect's own. */
  readonly router: ConnectRouterOptions;
  readonly routes: Routes;
  readonly requestPathPrefix: string;
  readonly contextValues: ((request: RequestView) => ContextValues) | undefined;
  readonly fallback: Fallback | undefined;
  /** Undefined where nobody observes. */
  readonly calls: StockCalls | undefined;
  readonly logger: Logger;
}

/**
 * Connect's stock adapter for the routes of a server.
 *
 * @returns a function that throws where no URL can be made of a request
 */
export function createStockAdapter(
  options: StockAdapterOptions,
): (request: Request, response: Response) => void {
  const { router, routes, requestPathPrefix, contextValues, fallback, calls, logger } = options;
  return connectNodeAdapter({
    ...stockOptions(router),
    routes: stockRoutes(routes),
    requestPathPrefix,
    contextValues: (request) => {
      // Headers and URL are made for those alone who want to see them.
      const values =
        contextValues === undefined ? createContextValues() : contextValues(viewOf(request));
      return values
        .set(peerKey, peerOfRequest(request))
        .set(outcomeKey, calls?.outcomeOf(request))
        .set(isCutKey, () => "stream" in request && request.stream.aborted);
    },
    ...(fallback !== undefined && {
      fallback: (request, response) => {
        answer(fallback, request, response as Response).catch((error: unknown) => {
          logger.error({ err: error }, "the fallback failed");
          if (response.headersSent) response.destroy();
          else respond(response as Response, 500);
        });
      },
    }),
  });
}

async function answer(fallback: Fallback, request: Request, response: Response): Promise<void> {
  const { body, signal } = universalRequestFromNodeRequest(request, response, undefined, undefined);
  const answered = await fallback({
    ...viewOf(request),
    // A request of Node's is never read as JSON beforehand.
    body: body as AsyncIterable<Uint8Array>,
    signal,
  });
  await universalResponseToNodeResponse(answered, response);
}
