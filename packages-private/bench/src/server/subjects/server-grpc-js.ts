import { createRequire } from "node:module";
import { join } from "node:path";
import { becomeSubject } from "../../harness/subject-process.ts";
import { certificateOfArguments } from "../../harness/certificate.ts";
import { readMaxBytes } from "./routes.ts";

// @grpc/grpc-js with @grpc/proto-loader, as its own documentation shows it.
// They are installed apart from the workspace, in the folder that an argument
// names: of their types, only what is used here is said.

interface Call {
  readonly request: { readonly name: string; readonly count: number; readonly size: number };
}

interface StreamingCall extends Call {
  write(message: object): boolean;
  once(event: "drain", listener: () => void): void;
  on(event: string, listener: (message: object) => void): void;
  end(): void;
}

type Reply = (error: null, response: object) => void;

interface GrpcJsServer {
  addService(service: unknown, implementation: object): void;
  bindAsync(
    address: string,
    credentials: unknown,
    bound: (error: Error | null, port: number) => void,
  ): void;
}

interface GrpcJs {
  readonly Server: new (options: object) => GrpcJsServer;
  readonly ServerCredentials: {
    createInsecure(): unknown;
    createSsl(roots: null, pairs: readonly object[]): unknown;
  };
  loadPackageDefinition(definition: unknown): {
    readonly bench: { readonly v1: { readonly BenchService: { readonly service: unknown } } };
  };
}

const [, , , , folder = "", protos = ""] = process.argv;
const require = createRequire(join(folder, "package.json"));
const grpc = require("@grpc/grpc-js") as GrpcJs;
const { loadSync } = require("@grpc/proto-loader") as {
  readonly loadSync: (file: string, options: object) => unknown;
};

const definition = loadSync("bench/v1/bench.proto", { includeDirs: [protos] });

const implementation = {
  SayHello: ({ request }: Call, reply: Reply) =>
    reply(null, { greeting: `Hello, ${request.name}!` }),
  Echo: ({ request }: Call, reply: Reply) => reply(null, request),
  EchoChunk: ({ request }: Call, reply: Reply) => reply(null, request),
  Download: download,
  Upload: (call: StreamingCall, reply: Reply) => {
    let size = 0;
    call.on("data", (chunk) => {
      size += (chunk as { data: Buffer }).data.length;
    });
    call.on("end", () => reply(null, { size }));
  },
  PingPong: (call: StreamingCall) => {
    call.on("data", (chunk) => call.write(chunk));
    call.on("end", () => call.end());
  },
};

function download(call: StreamingCall): void {
  const { count, size } = call.request;
  const chunk = { data: Buffer.alloc(size, "a") };
  let sent = 0;
  const more = (): void => {
    while (sent < count) {
      sent += 1;
      if (!call.write(chunk)) {
        call.once("drain", more);
        return;
      }
    }
    call.end();
  };
  more();
}

function portOf(credentials: unknown): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": readMaxBytes });
  server.addService(
    grpc.loadPackageDefinition(definition).bench.v1.BenchService.service,
    implementation,
  );
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

const { key, cert } = certificateOfArguments();
const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
becomeSubject({
  plain: await portOf(grpc.ServerCredentials.createInsecure()),
  tls: await portOf(grpc.ServerCredentials.createSsl(null, [pair])),
});
