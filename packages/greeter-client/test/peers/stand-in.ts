import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import { collect } from "../collect.ts";

/** The contract in its plainest form, for tests of the client alone. */
export function standIn(router: ConnectRouter): void {
  router.service(GreeterService, {
    sayHello: ({ name, languageTag }) => ({ greeting: greetingOf(name, languageTag) }),
    async *sayHelloInLanguages({ name, languageTags }) {
      for (const languageTag of languageTags) {
        yield { greeting: greetingOf(name, languageTag), languageTag };
      }
    },
    async sayHelloToAll(requests) {
      const names = await collect(requests);
      return { greeting: greetingOf(names.map(({ name }) => name).join(", ")) };
    },
    async *sayHelloToEach(requests) {
      for await (const { name } of requests) {
        yield { greeting: greetingOf(name) };
      }
    },
  });
}

function greetingOf(name: string, languageTag = ""): string {
  if (name === "") {
    const fieldViolations = [{ field: "name", description: "must not be empty" }];
    throw new ConnectError("name must not be empty", Code.InvalidArgument, undefined, [
      { desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) },
    ]);
  }
  return languageTag === "en" ? `Hello, ${name}!` : `Привет, ${name}!`;
}
