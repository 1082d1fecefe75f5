// The service: plain Connect, for any router.
export { greeter } from "./greeter.ts";
export { routes } from "./routes.ts";

// The server: the service on a runtime.
export { build } from "./server.ts";
export type { GreeterServer, GreeterServerOptions } from "./server.ts";
export { createRuntime } from "./runtime.ts";
export type { Runtime } from "./runtime.ts";
export { formatAddress, parseAddress } from "./address.ts";
export type { Address } from "./address.ts";
