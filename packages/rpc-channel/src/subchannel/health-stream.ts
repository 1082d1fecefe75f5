import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { contentTypes, prefixMessage } from "@privet/grpc-wire";
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "@privet/grpc-wire/grpc/health/v1/health_pb.js";
import type { HealthListener, HealthWatch } from "../balancer/subchannel.ts";
import { Attempt } from "../call/attempt.ts";
import { copyOf } from "../call/copy.ts";
import type { LiveConnection } from "./live-connection.ts";

/** An answer is a few octets. */
const readMaxBytes = 1_024;

/**
 * Watches a service's health on one connection (gRFC A17): a call of
 * grpc.health.v1.Health/Watch beside all others.
 */
export function openHealthStream(
  live: LiveConnection,
  scheme: string,
  authority: string,
  service: string,
  listener: HealthListener,
): HealthWatch | undefined {
  const request = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }));
  const attempt: Attempt = new Attempt(
    {
      begun: () => void attempt.send(prefixMessage(request, 0), true),
      writable: () => {},
      head: () => {},
      received: () => {},
      incomplete: () => {},
      message(bytes) {
        const { status } = fromBinary(HealthCheckResponseSchema, copyOf(bytes));
        listener.status(status === HealthCheckResponse_ServingStatus.SERVING);
      },
      ended({ error }) {
        listener.ended(error ?? new ConnectError("the watch has ended", Code.Unavailable));
      },
      turnedAway: () =>
        listener.ended(new ConnectError("the connection has gone", Code.Unavailable)),
    },
    live,
    {
      fields: [
        ":method",
        "POST",
        ":scheme",
        scheme,
        ":path",
        `/${Health.typeName}/${Health.method.watch.name}`,
        ":authority",
        authority,
        "te",
        "trailers",
        "content-type",
        contentTypes.proto,
      ],
      grpc: true,
      binary: true,
      readMaxBytes,
      acceptCompression: [],
      eager: true,
    },
  );
  return attempt.start() ? { cancel: () => attempt.cancel() } : undefined;
}
