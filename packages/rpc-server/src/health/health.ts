import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter, ServiceImpl } from "@connectrpc/connect";
import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@privet/grpc-wire/grpc/health/v1/health_pb.js";
import { Statuses } from "./statuses.ts";
import type { ServingStatus } from "./statuses.ts";

/** The health of a server and of its services, for load balancers, probes and clients. */
export interface Health {
  /** Registers `grpc.health.v1.Health`. A server that was given the `health` option has done so. */
  readonly routes: (router: ConnectRouter) => void;
  /**
   * Says how a service is, by its full name; `""` is the server as a whole.
   * Services that are registered are SERVING until something else is said.
   * Does nothing after `shutdown()`.
   */
  setStatus(service: string, status: ServingStatus): void;
  /**
   * Makes all NOT_SERVING, for good: calls of Watch are told so, and end with
   * UNAVAILABLE. A server does it first of all when it is stopped.
   */
  shutdown(): void;
}

/** gRFC A90: beyond, List is RESOURCE_EXHAUSTED. */
const maxListed = 100;

/** The health service of gRPC, all SERVING. */
export function createHealth(): Health {
  const statuses = new Statuses();
  return {
    routes(router) {
      statuses.register(() => router.handlers.map((handler) => handler.service.typeName));
      router.service(HealthService, implementation(statuses));
    },
    setStatus: (service, status) => statuses.set(service, status),
    shutdown: () => statuses.shutdown(),
  };
}

function implementation(statuses: Statuses): ServiceImpl<typeof HealthService> {
  return {
    check({ service }) {
      const status = statuses.get(service);
      if (status === undefined) {
        throw new ConnectError(`unknown service: ${service}`, Code.NotFound);
      }
      return { status: Status[status] };
    },

    list() {
      const listed = statuses.all();
      if (listed.length > maxListed) {
        throw new ConnectError(
          `there are ${listed.length} services, and no more than ${maxListed} can be listed`,
          Code.ResourceExhausted,
        );
      }
      return {
        statuses: Object.fromEntries(
          listed.map(([service, status]) => [service, { status: Status[status] }]),
        ),
      };
    },

    async *watch({ service }, { signal }) {
      for await (const status of statuses.watch(service, signal)) {
        yield { status: Status[status ?? "SERVICE_UNKNOWN"] };
      }
      throw new ConnectError("the server is shutting down", Code.Unavailable);
    },
  };
}
