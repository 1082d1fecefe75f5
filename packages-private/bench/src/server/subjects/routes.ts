import type { ConnectRouter, Interceptor, ServiceImpl } from "@connectrpc/connect";
import { BenchService } from "../gen/bench/v1/bench_pb.ts";
import type { Chunk } from "../gen/bench/v1/bench_pb.ts";

/** The service as a user of Connect writes it: the same for our server and for Connect's own. */
const bench: ServiceImpl<typeof BenchService> = {
  sayHello: ({ name }) => ({ greeting: `Hello, ${name}!` }),
  echo: (hello) => hello,
  echoChunk: (chunk) => chunk,
  async *download({ count, size }) {
    const chunk = { data: Buffer.alloc(size, "a") };
    for (let sent = 0; sent < count; sent++) yield chunk;
  },
  async upload(chunks: AsyncIterable<Chunk>) {
    let size = 0;
    for await (const { data } of chunks) size += data.length;
    return { size };
  },
  async *pingPong(chunks: AsyncIterable<Chunk>) {
    yield* chunks;
  },
};

export function routes(router: ConnectRouter): void {
  router.service(BenchService, bench);
}

/** Messages of 1 MiB and their prefix are within no limit's way. */
export const readMaxBytes: number = 16 * 1024 * 1024;

/** Reads a header of the request, as one that checks a token or a tenant does. */
export const readsHeader: Interceptor = (next) => (request) => {
  if (request.header.get("x-refused") !== null) throw new Error("refused");
  return next(request);
};
