// The service: plain Connect, for any router.
export { greeter } from "./greeter.ts";
export { routes } from "./routes.ts";

// The server: the service on @privet/rpc-server.
export { build } from "./server.ts";
export type { GreeterServer, GreeterServerOptions } from "./server.ts";
export { formatAddress, parseAddress } from "./address.ts";
export type { Address } from "./address.ts";
