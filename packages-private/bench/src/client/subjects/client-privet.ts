import { readFileSync } from "node:fs";
import { insecureChannel, secureChannel, tlsCredentials } from "@privet/rpc-channel";
import { readMaxBytes } from "../../server/subjects/routes.ts";
import { connectCalls } from "./connect-calls.ts";
import { becomeClient } from "./keep-calling.ts";

// Our channel, with the options that its users get by default.

const [, , authority = ""] = process.argv;

becomeClient(({ port, tls, size }) => {
  const target = `127.0.0.1:${port}`;
  const channel = tls
    ? secureChannel(target, tlsCredentials({ rootCertificates: readFileSync(authority) }))
    : insecureChannel(target, { readMaxBytes });
  return connectCalls(channel, size);
});
