import type { ConnectRouter } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { greeter } from "./greeter.ts";
import { echoRequestId } from "./request-id.ts";

/** Registers the greeter service, as its contract describes it, with any Connect router. */
export function routes(router: ConnectRouter): void {
  router.service(GreeterService, greeter, { requestGate: echoRequestId });
}
