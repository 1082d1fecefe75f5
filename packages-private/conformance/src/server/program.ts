import type { DescMessage, FileRegistry } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { subjects } from "../subject/subjects.ts";
import type { SubjectPlan, SubjectTls } from "../subject/subject.ts";
import { readDescriptors } from "../tools/descriptors.ts";
import { conformanceRoutes } from "./conformance-service.ts";
import type { ServerCompatRequest } from "./messages.ts";
import { readSizeDelimited, sizeDelimited } from "./size-delimited.ts";

// The program that the runner starts for each kind of server that it wants to
// test: it reads on standard input what to serve, tells on standard output
// where, and serves until it is told to end.

const HTTP_VERSION_2 = 2;

const { values } = parseArgs({
  options: {
    subject: { type: "string", default: "privet" },
    descriptors: { type: "string", default: "" },
  },
});

const registry = readDescriptors(values.descriptors);
const start = subjects[values.subject];
if (start === undefined) throw new Error(`no server is called «${values.subject}»`);

const request = (await readSizeDelimited(
  schema("ServerCompatRequest"),
  process.stdin,
)) as ServerCompatRequest;
const response = schema("ServerCompatResponse");
await using subject = await start(plan(request, registry));
process.stdout.write(
  sizeDelimited(
    response,
    create(response, {
      host: "127.0.0.1",
      port: subject.port,
      pemCert: request.serverCreds?.cert ?? new Uint8Array(0),
    }),
  ),
);
await once(process, "SIGTERM");

function schema(name: string): DescMessage {
  const found = registry.getMessage(`connectrpc.conformance.v1.${name}`);
  if (found === undefined) throw new Error(`the descriptors have no message ${name}`);
  return found;
}

function plan(wanted: ServerCompatRequest, jsonRegistry: FileRegistry): SubjectPlan {
  const { messageReceiveLimit: limit } = wanted;
  return {
    routes: conformanceRoutes(jsonRegistry),
    http2: wanted.httpVersion === HTTP_VERSION_2,
    options: {
      jsonOptions: { registry: jsonRegistry },
      compressMinBytes: 0,
      ...(limit > 0 && { readMaxBytes: limit }),
    },
    ...(wanted.serverCreds !== undefined && { tls: tlsOf(wanted, wanted.serverCreds) }),
  };
}

function tlsOf(
  { clientTlsCert }: ServerCompatRequest,
  { key, cert }: NonNullable<ServerCompatRequest["serverCreds"]>,
): SubjectTls {
  return clientTlsCert.length === 0 ? { key, cert } : { key, cert, clientCa: clientTlsCert };
}
