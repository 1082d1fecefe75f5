import type { UniversalClientFn, UniversalClientRequest } from "@connectrpc/connect/protocol";
import type { CallHost } from "../call/call-host.ts";
import type { CallSpec } from "../call/call-spec.ts";
import type { ChannelCore } from "../channel-core.ts";
import { HttpCall } from "./http-call.ts";

/**
 * Requests of HTTP over the connections of a channel, for protocols that
 * Connect implements.
 *
 * @param pathPrefix of the target: pickers and service configs know paths without it
 */
export function createUniversalClient(core: ChannelCore, pathPrefix: string): UniversalClientFn {
  const host = withoutRetries(core);
  return (request) =>
    new Promise((resolve, reject) => {
      const spec = specOf(request, core, pathPrefix);
      new HttpCall(host, spec, request.body, resolve, reject).start();
    });
}

/** Only the protocol knows whether a response is a failure: retries by status are made above it. */
function withoutRetries(core: ChannelCore): CallHost {
  return {
    gate: core.gate,
    timers: core.timers,
    target: core.target,
    waitForReady: core.waitForReady,
    budget: undefined,
    quota: core.quota,
    retryBufferBytes: core.retryBufferBytes,
    maxAttempts: core.maxAttempts,
    random: () => core.random(),
    configOf: (path) => ({ ...core.configOf(path), retryPolicy: undefined }),
    callStarted: () => core.callStarted(),
    callEnded: () => core.callEnded(),
  };
}

function specOf(request: UniversalClientRequest, core: ChannelCore, pathPrefix: string): CallSpec {
  const { method, header, signal } = request;
  const { protocol, pathname, search } = new URL(request.url);
  const fields = [":method", method, ":scheme", protocol.slice(0, -1)];
  fields.push(":path", pathname + search, ":authority", core.authority);
  for (const [name, value] of header) fields.push(name, value);
  return {
    path: pathname.slice(pathPrefix.length),
    // Credentials are among the headers already.
    serviceUrl: "",
    credentials: [],
    header,
    attempt: {
      grpc: false,
      fields,
      binary: true,
      readMaxBytes: Infinity,
      acceptCompression: [],
      eager: false,
    },
    startedAt: core.timers.now(),
    // The protocol keeps the time itself, by the signal.
    deadline: Infinity,
    waitForReady: undefined,
    signal,
  };
}
