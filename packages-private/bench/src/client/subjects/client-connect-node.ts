import { readFileSync } from "node:fs";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { readMaxBytes } from "../../server/subjects/routes.ts";
import { connectCalls } from "./connect-calls.ts";
import { becomeClient } from "./keep-calling.ts";

// Connect's own transport for Node, with the options that its users get by default.

const [, , authority = ""] = process.argv;

becomeClient(({ port, tls, size }) => {
  const baseUrl = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const nodeOptions = tls ? { ca: readFileSync(authority) } : {};
  return connectCalls(createGrpcTransport({ baseUrl, nodeOptions, readMaxBytes }), size);
});
