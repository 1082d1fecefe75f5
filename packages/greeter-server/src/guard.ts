import type { ConnectRouter, ConnectRouterOptions } from "@connectrpc/connect";
import { allOf, bearerAuth, staticTokens } from "@privet/rpc-server";
import type { RequestGate } from "@privet/rpc-server";

type Routes = (router: ConnectRouter) => void;

/**
 * `routes` for callers alone who have one of `tokens`; all others get
 * UNAUTHENTICATED. A gate of the whole server would be replaced by those that
 * services have of their own: here these come first, and then the token.
 */
export function guard(routes: Routes, tokens: readonly string[]): Routes {
  const owners = tokens.map((token) => [token, "bearer"] as const);
  const gate = bearerAuth({ verify: staticTokens(Object.fromEntries(owners)) });
  return (router) => {
    const guarding: ConnectRouter = {
      handlers: router.handlers,
      service(service, implementation, options) {
        router.service(service, implementation, guarded(options, gate));
        return guarding;
      },
      rpc(method, implementation, options) {
        router.rpc(method, implementation, guarded(options, gate));
        return guarding;
      },
    };
    routes(guarding);
  };
}

function guarded(
  options: ConnectRouterOptions | undefined,
  gate: RequestGate,
): ConnectRouterOptions {
  const own = options?.requestGate;
  return { ...options, requestGate: own === undefined ? gate : allOf(own, gate) };
}
