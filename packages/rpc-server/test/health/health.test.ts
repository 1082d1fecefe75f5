import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import type { Client } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@privet/grpc-wire/grpc/health/v1/health_pb.js";
import { createHealth } from "../../src/health/health.ts";
import type { Health } from "../../src/health/health.ts";

function clientOf(health: Health): Client<typeof HealthService> {
  const transport = createRouterTransport((router) => {
    health.routes(router);
    router.service(GreeterService, {});
  });
  return createClient(HealthService, transport);
}

suite("health", () => {
  test("the server and its services serve until something else is said", async () => {
    const health = createHealth();
    const client = clientOf(health);
    assert.equal((await client.check({})).status, Status.SERVING);
    assert.equal((await client.check({ service: GreeterService.typeName })).status, Status.SERVING);
    health.setStatus(GreeterService.typeName, "NOT_SERVING");
    assert.equal(
      (await client.check({ service: GreeterService.typeName })).status,
      Status.NOT_SERVING,
    );
    assert.equal((await client.check({})).status, Status.SERVING);
  });

  test("a service that the server doesn't have is NOT_FOUND", async () => {
    await assert.rejects(
      clientOf(createHealth()).check({ service: "nobody.Knows" }),
      (error) => error instanceof ConnectError && error.code === Code.NotFound,
    );
  });

  test("List tells the status of every service", async () => {
    const health = createHealth();
    health.setStatus("own.Service", "UNKNOWN");
    const { statuses } = await clientOf(health).list({});
    assert.deepEqual(
      new Map(Object.entries(statuses).map(([name, { status }]) => [name, status])),
      new Map([
        ["", Status.SERVING],
        ["greeter.v1.GreeterService", Status.SERVING],
        ["grpc.health.v1.Health", Status.SERVING],
        ["own.Service", Status.UNKNOWN],
      ]),
    );
  });

  test("List with more than 100 services is RESOURCE_EXHAUSTED", async () => {
    const health = createHealth();
    // With the server itself and the two that are registered: 100.
    for (let i = 0; i < 97; i++) health.setStatus(`service.${i}`, "SERVING");
    const client = clientOf(health);
    assert.equal(Object.keys((await client.list({})).statuses).length, 100);
    health.setStatus("one.TooMany", "SERVING");
    await assert.rejects(
      client.list({}),
      (error) => error instanceof ConnectError && error.code === Code.ResourceExhausted,
    );
  });

  test("Watch tells the status, and again whenever it changes", async () => {
    const health = createHealth();
    const abort = new AbortController();
    const changes = clientOf(health).watch({ service: "late.Service" }, { signal: abort.signal });
    const watch = changes[Symbol.asyncIterator]();
    const next = async (): Promise<Status | undefined> => (await watch.next()).value?.status;
    assert.equal(await next(), Status.SERVICE_UNKNOWN);
    health.setStatus("other.Service", "SERVING");
    health.setStatus("late.Service", "SERVING");
    assert.equal(await next(), Status.SERVING);
    health.setStatus("late.Service", "NOT_SERVING");
    assert.equal(await next(), Status.NOT_SERVING);
    abort.abort();
    await assert.rejects(
      next(),
      (error) => error instanceof ConnectError && error.code === Code.Canceled,
    );
  });

  test("after a shutdown all is NOT_SERVING for good, and watches are told so and end", async () => {
    const health = createHealth();
    const client = clientOf(health);
    const watch = client.watch({})[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value?.status, Status.SERVING);
    health.shutdown();
    assert.equal((await watch.next()).value?.status, Status.NOT_SERVING);
    await assert.rejects(
      watch.next(),
      (error) => error instanceof ConnectError && error.code === Code.Unavailable,
    );
    health.setStatus("", "SERVING");
    assert.equal((await client.check({})).status, Status.NOT_SERVING);
    assert.equal(
      (await client.check({ service: GreeterService.typeName })).status,
      Status.NOT_SERVING,
    );
  });
});
