import type { FileRegistry } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { findService } from "./descriptors.ts";

/**
 * Methods by their local names. What their messages are is known when the
 * descriptors have been read, not to the compiler: each says what it takes
 * them for.
 */
export type DynamicImplementation = Readonly<
  Record<string, (request: never, context: HandlerContext) => object>
>;

/** Registers a service of which there are descriptors, and no generated code. */
export function dynamicRoutes(
  registry: FileRegistry,
  typeName: string,
  implementation: DynamicImplementation,
): (router: ConnectRouter) => void {
  const service = findService(registry, typeName);
  return (router) => router.service(service, implementation as object);
}
