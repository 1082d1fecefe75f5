import type { ConnectRouter } from "@connectrpc/connect";
import type { DescFile } from "@bufbuild/protobuf";
import { ServerReflection } from "../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { answer } from "./answer.ts";
import type { Answer, Question } from "./answer.ts";
import { SymbolIndex } from "./symbol-index.ts";

export interface ReflectionOptions {
  /** Files that no service imports, such as those with extensions. */
  readonly files?: readonly DescFile[];
}

/**
 * Registers server reflection, `grpc.reflection.v1` and `v1alpha`, with which
 * tools such as grpcurl find out what a server offers. It answers for all
 * services of `router`, those that are registered later too.
 */
export function reflection(router: ConnectRouter, options: ReflectionOptions = {}): void {
  let index: SymbolIndex | undefined;
  let indexed = 0;
  const current = (): SymbolIndex => {
    // All services are there when the first question comes; a router only grows.
    if (index === undefined || indexed !== router.handlers.length) {
      const services = new Set(router.handlers.map((handler) => handler.service));
      index = new SymbolIndex([...services], options.files ?? []);
      indexed = router.handlers.length;
    }
    return index;
  };
  async function* serverReflectionInfo(questions: AsyncIterable<Question>): AsyncGenerator<Answer> {
    // No file is sent twice on a stream.
    const sent = new Set<DescFile>();
    for await (const question of questions) yield answer(question, current(), sent);
  }
  router.service(ServerReflection, { serverReflectionInfo });
  router.service(ServerReflectionAlpha, { serverReflectionInfo });
}
