import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import type {
  SayHelloRequest,
  SayHelloInLanguagesRequest,
  SayHelloToAllRequest,
  SayHelloToEachRequest,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import type { Peer } from "../peer.ts";
import { cache } from "./cache.ts";

// What is used of @grpc/grpc-js, which isn't in the workspace: what it depends
// on wants to run scripts as it is installed.

interface GrpcJs {
  readonly Server: new () => GrpcServer;
  readonly ServerCredentials: {
    createInsecure(): object;
    createSsl(
      rootCertificates: Buffer | null,
      pairs: readonly { readonly private_key: Buffer; readonly cert_chain: Buffer }[],
    ): object;
  };
  readonly status: Readonly<Record<string, number>>;
}

interface GrpcServer {
  addService(service: object, implementation: object): void;
  bindAsync(
    address: string,
    credentials: object,
    bound: (error: Error | null, port: number) => void,
  ): void;
  forceShutdown(): void;
}

type Answer = (error: object | null, response?: object) => void;

/** A stream of requests, and where responses are written to. */
interface Call<Request> extends AsyncIterable<Request> {
  readonly request: Request;
  write(response: object): void;
  end(): void;
}

export const grpcJs: Peer = {
  name: "grpc-js",
  skip: false,
  async start({ key, cert }) {
    const grpc = load();
    const server = new grpc.Server();
    server.addService(definition(), implementation(grpc));
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const plain = await bind(server, grpc.ServerCredentials.createInsecure());
    const tls = await bind(server, grpc.ServerCredentials.createSsl(null, [pair]));
    return {
      plain,
      tls,
      async [Symbol.asyncDispose]() {
        server.forceShutdown();
      },
    };
  },
};

/** Fetched with npm at its first use. @throws Error with what npm says */
function load(): GrpcJs {
  const pinned = join(import.meta.dirname, "../grpc-js");
  const folder = join(cache, "grpc-js");
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(join(pinned, file), join(fresh, file));
    }
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { status, stderr } = spawnSync("npm", args, { cwd: fresh, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm could not fetch grpc-js\n${stderr}`);
    renameSync(fresh, folder);
  }
  return createRequire(join(folder, "package.json"))("@grpc/grpc-js") as GrpcJs;
}

/** The service as grpc-js wants it. */
function definition(): object {
  const methods = GreeterService.methods.map((method) => [
    method.localName,
    {
      path: `/${GreeterService.typeName}/${method.name}`,
      requestStream:
        method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming",
      responseStream:
        method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming",
      requestSerialize: serializer(method.input),
      requestDeserialize: (bytes: Uint8Array) => fromBinary(method.input, bytes),
      responseSerialize: serializer(method.output),
      responseDeserialize: (bytes: Uint8Array) => fromBinary(method.output, bytes),
    },
  ]);
  return Object.fromEntries(methods);
}

function serializer(schema: DescMessage): (init: MessageInitShape<DescMessage>) => Buffer {
  return (init) => Buffer.from(toBinary(schema, create(schema, init)));
}

function implementation({ status }: GrpcJs): object {
  return {
    sayHello({ request: { name } }: Call<SayHelloRequest>, answer: Answer): void {
      if (name === "") answer({ code: status["INVALID_ARGUMENT"], details: "кто?" });
      else answer(null, { greeting: `hello ${name}` });
    },
    sayHelloInLanguages(call: Call<SayHelloInLanguagesRequest>): void {
      const { name, languageTags } = call.request;
      for (const languageTag of languageTags) {
        call.write({ greeting: `hello ${name}`, languageTag });
      }
      call.end();
    },
    async sayHelloToAll(call: Call<SayHelloToAllRequest>, answer: Answer): Promise<void> {
      const names: string[] = [];
      for await (const { name } of call) names.push(name);
      answer(null, { greeting: `hello ${names.join(", ")}` });
    },
    async sayHelloToEach(call: Call<SayHelloToEachRequest>): Promise<void> {
      for await (const { name } of call) call.write({ greeting: `hello ${name}` });
      call.end();
    },
  };
}

function bind(server: GrpcServer, credentials: object): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
