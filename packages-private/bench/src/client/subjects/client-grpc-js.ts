import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readMaxBytes } from "../../server/subjects/routes.ts";
import { becomeClient, checkCount, checkGreeting, checkSize, name } from "./keep-calling.ts";

// @grpc/grpc-js with @grpc/proto-loader, as its own documentation shows it.
// They are installed apart from the workspace, in the folder that an argument
// names: of their types, only what is used here is said.

type Ended<Response> = (error: Error | null, response: Response) => void;

interface Chunk {
  readonly data: Uint8Array;
}

interface Stream {
  on(event: "data", listener: (chunk: Chunk) => void): this;
  on(event: "end", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  once(event: "drain", listener: () => void): this;
  write(chunk: Chunk): boolean;
  end(): void;
}

interface Stub {
  SayHello(request: object, ended: Ended<{ readonly greeting: string }>): void;
  EchoChunk(request: Chunk, ended: Ended<Chunk>): void;
  Download(request: object): Stream;
  Upload(ended: Ended<{ readonly size: number }>): Stream;
  PingPong(): Stream;
}

interface GrpcJs {
  readonly credentials: {
    createInsecure(): unknown;
    createSsl(authority: Buffer): unknown;
  };
  loadPackageDefinition(definition: unknown): {
    readonly bench: {
      readonly v1: {
        readonly BenchService: new (target: string, credentials: unknown, options: object) => Stub;
      };
    };
  };
}

const [, , authority = "", folder = "", protos = ""] = process.argv;
const require = createRequire(join(folder, "package.json"));
const grpc = require("@grpc/grpc-js") as GrpcJs;
const { loadSync } = require("@grpc/proto-loader") as {
  readonly loadSync: (file: string, options: object) => unknown;
};
const definition = loadSync("bench/v1/bench.proto", { includeDirs: [protos] });
const { BenchService } = grpc.loadPackageDefinition(definition).bench.v1;

becomeClient(({ port, tls, size }) => {
  const { credentials } = grpc;
  const stub = new BenchService(
    `127.0.0.1:${port}`,
    tls ? credentials.createSsl(readFileSync(authority)) : credentials.createInsecure(),
    { "grpc.max_receive_message_length": readMaxBytes },
  );
  const chunk: Chunk = { data: Buffer.alloc(size) };
  return {
    async unary() {
      const { greeting } = await promised<{ greeting: string }>((ended) =>
        stub.SayHello({ name }, ended),
      );
      checkGreeting(greeting);
    },
    async echo() {
      const { data } = await promised<Chunk>((ended) => stub.EchoChunk(chunk, ended));
      checkSize(data.length, size);
    },
    async download({ count }) {
      checkCount(await received(stub.Download({ count, size }), () => {}, size), count);
    },
    async upload({ count }) {
      const response = await promised<{ size: number }>((ended) =>
        writeAll(stub.Upload(ended), chunk, count),
      );
      checkSize(response.size, count * size);
    },
    async "ping-pong"({ count }) {
      const stream = stub.PingPong();
      let left = count;
      const next = (): void => {
        if (left-- > 0) stream.write(chunk);
        else stream.end();
      };
      next();
      checkCount(await received(stream, next, size), count);
    },
  };
});

function promised<Response>(call: (ended: Ended<Response>) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error === null ? resolve(response) : reject(error)));
  });
}

/** @returns how many messages came */
function received(stream: Stream, onEach: () => void, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let messages = 0;
    stream
      .on("data", ({ data }) => {
        checkSize(data.length, size);
        messages += 1;
        onEach();
      })
      .on("end", () => resolve(messages))
      .on("error", reject);
  });
}

function writeAll(stream: Stream, chunk: Chunk, count: number): void {
  let left = count;
  const more = (): void => {
    while (left > 0) {
      left -= 1;
      if (!stream.write(chunk)) {
        stream.once("drain", more);
        return;
      }
    }
    stream.end();
  };
  more();
}
