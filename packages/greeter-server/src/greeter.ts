import { Code, ConnectError } from "@connectrpc/connect";
import type { ServiceImpl } from "@connectrpc/connect";
import type { GreeterService } from "@privet/contracts/greeter/v1/greeter_pb.js";
import { accept, badRequest } from "./bad-request.ts";
import { defaultGreeting, defaultLanguageTag } from "./greetings.ts";
import { checkLanguage, checkLanguages } from "./language.ts";
import { checkName } from "./name.ts";
import { throwIfAborted, untilAborted } from "./until-aborted.ts";

/** How many names one greeting of SayHelloToAll may hold. */
const maxNames = 1_000;

let russianList: Intl.ListFormat | undefined;

/** "Анна, Борис и Вера". What it takes is loaded when somebody asks for it: a server starts without. */
function enumerate(names: readonly string[]): string {
  russianList ??= new Intl.ListFormat(defaultLanguageTag, { type: "conjunction" });
  return russianList.format(names);
}

/**
 * The greeter of the contract (`greeter/v1/greeter.proto` says what each method
 * does): a pure function of its input, without clocks or I/O.
 */
export const greeter: ServiceImpl<typeof GreeterService> = {
  sayHello(request) {
    const { name, language_tag: greet } = accept({
      name: checkName(request.name),
      language_tag: checkLanguage(request.languageTag || defaultLanguageTag),
    });
    return { greeting: greet(name) };
  },

  async *sayHelloInLanguages(request, { signal }) {
    const tags = request.languageTags.length > 0 ? request.languageTags : [defaultLanguageTag];
    const { name, language_tags: greetings } = accept({
      name: checkName(request.name),
      language_tags: checkLanguages(tags),
    });
    for (const [index, greet] of greetings.entries()) {
      throwIfAborted(signal);
      yield { greeting: greet(name), languageTag: tags[index] ?? defaultLanguageTag };
    }
  },

  async sayHelloToAll(requests, { signal }) {
    const names: string[] = [];
    for await (const request of untilAborted(requests, signal)) {
      if (names.length === maxNames) {
        throw new ConnectError(`at most ${maxNames} names`, Code.ResourceExhausted);
      }
      names.push(acceptName(request.name));
    }
    if (names.length === 0) {
      throw badRequest([{ field: "name", description: "must be sent at least once" }]);
    }
    return { greeting: defaultGreeting(enumerate(names)) };
  },

  async *sayHelloToEach(requests, { signal }) {
    for await (const request of untilAborted(requests, signal)) {
      yield { greeting: defaultGreeting(acceptName(request.name)) };
    }
  },
};

function acceptName(text: string): string {
  return accept({ name: checkName(text) }).name;
}
