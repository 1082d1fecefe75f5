import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectRouter } from "@connectrpc/connect";
import { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";

/** The greeter of the servers that take Connect's routes. */
export function greeterRoutes(router: ConnectRouter): void {
  router.service(GreeterService, {
    sayHello({ name }) {
      if (name === "") throw new ConnectError("кто?", Code.InvalidArgument);
      return { greeting: `hello ${name}` };
    },
    async *sayHelloInLanguages({ name, languageTags }) {
      for (const languageTag of languageTags) yield { greeting: `hello ${name}`, languageTag };
    },
    async sayHelloToAll(requests) {
      const names: string[] = [];
      for await (const { name } of requests) names.push(name);
      return { greeting: `hello ${names.join(", ")}` };
    },
    async *sayHelloToEach(requests) {
      for await (const { name } of requests) yield { greeting: `hello ${name}` };
    },
  });
}
