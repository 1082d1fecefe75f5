import { ConnectError } from "@connectrpc/connect";
import type { ConnectRouter, ConnectRouterOptions, Interceptor } from "@connectrpc/connect";
import { noteOutcome, outcomeKey } from "../fallback/outcome.ts";
import type { RequestGate } from "../router/route.ts";
import { defaultReadMaxBytes } from "../router/route-table.ts";
import type { Routes } from "../router/route-table.ts";
import { refuseCutUploads } from "./cut-uploads.ts";

/** What goes before a user's interceptors. */
const ours: readonly Interceptor[] = [noteOutcome, refuseCutUploads];

/** Options of the stock adapter's router, with what our engine does by itself. */
export function stockOptions(options: ConnectRouterOptions): ConnectRouterOptions {
  return {
    ...options,
    readMaxBytes: options.readMaxBytes ?? defaultReadMaxBytes,
    interceptors: withOurs(options.interceptors),
    ...(options.requestGate !== undefined && { requestGate: noting(options.requestGate) }),
  };
}

/** The same routes, where the options of a service or method replace the router's without losing ours. */
export function stockRoutes(routes: Routes): Routes {
  return (router) => {
    const wrapped: ConnectRouter = {
      handlers: router.handlers,
      service(service, implementation, options) {
        router.service(service, implementation, replacing(options));
        return wrapped;
      },
      rpc(method, implementation, options) {
        router.rpc(method, implementation, replacing(options));
        return wrapped;
      },
    };
    routes(wrapped);
  };
}

function replacing(options: ConnectRouterOptions | undefined): ConnectRouterOptions | undefined {
  if (options === undefined) return undefined;
  return {
    ...options,
    ...("readMaxBytes" in options && { readMaxBytes: options.readMaxBytes ?? defaultReadMaxBytes }),
    ...("interceptors" in options && { interceptors: withOurs(options.interceptors) }),
    ...(options.requestGate !== undefined && { requestGate: noting(options.requestGate) }),
  };
}

function withOurs(interceptors: readonly Interceptor[] = []): Interceptor[] {
  return [...ours, ...interceptors];
}

/** An interceptor doesn't see what a gate throws. */
function noting(gate: RequestGate): RequestGate {
  return async (context) => {
    try {
      await gate(context);
    } catch (error) {
      const outcome = context.values.get(outcomeKey);
      if (outcome !== undefined) outcome.error = ConnectError.from(error);
      throw error;
    }
  };
}
