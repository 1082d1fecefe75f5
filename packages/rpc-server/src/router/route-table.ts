import {
  createConnectRouter,
  createMethodImplSpec,
  createServiceImplSpec,
} from "@connectrpc/connect";
import type {
  ConnectRouter,
  ConnectRouterOptions,
  Interceptor,
  MethodImplSpec,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import type { DescMessage } from "@bufbuild/protobuf";
import { CompressionTable } from "./compression-table.ts";
import { MessageCodec } from "./message-codec.ts";
import type { Implementation, RequestGate, Route } from "./route.ts";

/** The routes by their paths. */
export type RouteTable = ReadonlyMap<string, Route>;

/** Registers services on a router, as every adapter of Connect takes it. */
export type Routes = (router: ConnectRouter) => void;

/** What a route can be registered with. */
type RouteOptions = Omit<ConnectRouterOptions, "grpc" | "grpcWeb" | "connect">;

/** What goes around a user's options before Connect's code gets them. */
export interface RouteWrap {
  gate(gate: RequestGate | undefined): RequestGate;
  interceptors(interceptors: Interceptor[]): Interceptor[];
}

/** gRPC's default, where Connect's is 4 GiB. */
export const defaultReadMaxBytes: number = 4 * 1024 * 1024;
const defaultWriteMaxBytes = 0xffff_ffff;
/** As in Connect: below, compression rarely pays. */
const defaultCompressMinBytes = 1024;

/**
 * Runs `routes`, and keeps hold of the implementations that it registers: a
 * router of Connect's takes them in and doesn't give them out again. It is
 * there nevertheless, for all protocols but gRPC.
 *
 * Options of a service or a method replace the server's key by key, as in Connect.
 *
 * @param wrap what Connect's code gets around what the user gives
 * @throws what `routes` throws, and ConnectError INTERNAL for limits out of range
 */
export function createRouteTable(
  routes: Routes,
  options: ConnectRouterOptions,
  prefix: string,
  wrap: RouteWrap,
): RouteTable {
  const base: ConnectRouterOptions = {
    ...options,
    readMaxBytes: options.readMaxBytes ?? defaultReadMaxBytes,
  };
  const inner = createConnectRouter({
    ...base,
    requestGate: wrap.gate(base.requestGate),
    interceptors: wrap.interceptors(base.interceptors ?? []),
  });
  const table = new Map<string, Route>();
  const tables = new CompressionTables();

  const add = (specs: readonly MethodImplSpec[], from: number, own: RouteOptions = {}): void => {
    const merged = { ...base, ...own };
    const handlers = new Map(inner.handlers.slice(from).map((h) => [h.method, h] as const));
    for (const spec of specs) {
      const universal = handlers.get(spec.method);
      if (universal === undefined) continue;
      const route = createRoute(spec, universal, prefix, merged, tables);
      table.set(route.path, route);
    }
  };

  const router: ConnectRouter = {
    handlers: inner.handlers,
    service(service, implementation, own) {
      const from = inner.handlers.length;
      inner.service(service, implementation, universalOptions(own, wrap));
      add(Object.values(createServiceImplSpec(service, implementation).methods), from, own);
      return router;
    },
    rpc(method, implementation, own) {
      const from = inner.handlers.length;
      inner.rpc(method, implementation, universalOptions(own, wrap));
      add([createMethodImplSpec(method, implementation)], from, own);
      return router;
    },
  };
  routes(router);
  return table;
}

/** An option that is there but undefined counts as Connect's default, so ours has to be laid under it. */
function universalOptions(
  own: RouteOptions | undefined,
  wrap: RouteWrap,
): RouteOptions | undefined {
  if (own === undefined) return undefined;
  const options: RouteOptions = { ...own };
  if ("requestGate" in own) options.requestGate = wrap.gate(own.requestGate);
  if ("interceptors" in own) options.interceptors = wrap.interceptors(own.interceptors ?? []);
  if ("readMaxBytes" in own) options.readMaxBytes = own.readMaxBytes ?? defaultReadMaxBytes;
  return options;
}

function createRoute(
  spec: MethodImplSpec,
  universal: UniversalHandler,
  prefix: string,
  options: RouteOptions,
  tables: CompressionTables,
): Route {
  const { method } = spec;
  const readMaxBytes = options.readMaxBytes ?? defaultReadMaxBytes;
  const writeMaxBytes = options.writeMaxBytes ?? defaultWriteMaxBytes;
  return {
    path: prefix + universal.requestPath,
    kind: spec.kind,
    method,
    service: method.parent,
    impl: spec.impl as Implementation,
    servesGrpc: universal.protocolNames.includes("grpc"),
    universal,
    codec: new MessageCodec<DescMessage, DescMessage>(
      method.input,
      method.output,
      { readMaxBytes, writeMaxBytes },
      options.binaryOptions,
    ),
    interceptors: options.interceptors ?? [],
    requestGate: options.requestGate,
    compression: tables.get(options.acceptCompression ?? []),
    readMaxBytes,
    compressMinBytes: options.compressMinBytes ?? defaultCompressMinBytes,
    maxTimeoutMs: options.maxTimeoutMs ?? Number.MAX_SAFE_INTEGER,
    shutdownSignal: options.shutdownSignal,
  };
}

type Compressions = NonNullable<RouteOptions["acceptCompression"]>;

/** One table for all routes with the same list. */
class CompressionTables {
  readonly #tables = new Map<Compressions, CompressionTable>();

  get(available: Compressions): CompressionTable {
    let table = this.#tables.get(available);
    if (table === undefined) {
      table = new CompressionTable(available);
      this.#tables.set(available, table);
    }
    return table;
  }
}
