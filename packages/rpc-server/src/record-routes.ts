import type { ConnectRouter } from "@connectrpc/connect";

type Routes = (router: ConnectRouter) => void;

/**
 * Makes of `routes` a function that runs it for the first router alone, and
 * registers the very same implementations on any further one: what a user's
 * function makes for its services is made once.
 */
export function recordRoutes(routes: Routes): Routes {
  let registrations: Routes[] | undefined;
  return (router) => {
    if (registrations === undefined) {
      registrations = [];
      routes(recorder(router, registrations));
    } else {
      for (const register of registrations) register(router);
    }
  };
}

function recorder(router: ConnectRouter, registrations: Routes[]): ConnectRouter {
  const both = (register: Routes): ConnectRouter => {
    registrations.push(register);
    register(router);
    return recording;
  };
  const recording: ConnectRouter = {
    handlers: router.handlers,
    service: (service, implementation, options) =>
      both((target) => target.service(service, implementation, options)),
    rpc: (method, implementation, options) =>
      both((target) => target.rpc(method, implementation, options)),
  };
  return recording;
}
