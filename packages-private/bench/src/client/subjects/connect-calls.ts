import { createClient } from "@connectrpc/connect";
import type { Transport } from "@connectrpc/connect";
import { BenchService } from "../../server/gen/bench/v1/bench_pb.ts";
import { checkCount, checkGreeting, checkSize, name } from "./keep-calling.ts";
import type { Calls } from "./keep-calling.ts";

interface Chunk {
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The calls as a user of Connect writes them: the same over our channel and over Connect's own transport. */
export function connectCalls(transport: Transport, size: number): Calls {
  const client = createClient(BenchService, transport);
  const chunk: Chunk = { data: new Uint8Array(size) };
  return {
    async unary() {
      const { greeting } = await client.sayHello({ name });
      checkGreeting(greeting);
    },
    async echo() {
      const { data } = await client.echoChunk(chunk);
      checkSize(data.length, size);
    },
    async download({ count }) {
      let received = 0;
      for await (const { data } of client.download({ count, size })) {
        checkSize(data.length, size);
        received += 1;
      }
      checkCount(received, count);
    },
    async upload({ count }) {
      const response = await client.upload(repeat(chunk, count));
      checkSize(response.size, count * size);
    },
    async "ping-pong"({ count }) {
      let answered = Promise.withResolvers<void>();
      async function* requests(): AsyncGenerator<Chunk> {
        for (let sent = 0; sent < count; sent++) {
          yield chunk;
          await answered.promise;
          answered = Promise.withResolvers();
        }
      }
      let received = 0;
      for await (const { data } of client.pingPong(requests())) {
        checkSize(data.length, size);
        received += 1;
        answered.resolve();
      }
      checkCount(received, count);
    },
  };
}

async function* repeat<Message>(message: Message, count: number): AsyncGenerator<Message> {
  for (let sent = 0; sent < count; sent++) yield message;
}
