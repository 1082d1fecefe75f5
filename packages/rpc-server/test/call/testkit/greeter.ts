import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectRouter } from "@connectrpc/connect";
import {
  GreeterService,
  SayHelloRequestSchema,
  SayHelloResponseSchema,
} from "@privet/contracts/greeter/v1/greeter_pb.js";
import { prefixMessage } from "@privet/grpc-wire";
import type { ClientCall } from "./pair.ts";

export type Greeter = Partial<ServiceImpl<typeof GreeterService>>;

export const paths = {
  unary: "/greeter.v1.GreeterService/SayHello",
  server: "/greeter.v1.GreeterService/SayHelloInLanguages",
  client: "/greeter.v1.GreeterService/SayHelloToAll",
  bidi: "/greeter.v1.GreeterService/SayHelloToEach",
} as const;

export type Kind = keyof typeof paths;
export const kinds = Object.keys(paths) as Kind[];

export function routes(greeter: Greeter): (router: ConnectRouter) => void {
  return (router) => {
    router.service(GreeterService, greeter);
  };
}

/** A request's message, prefixed. All requests of the service have the name in field 1. */
export function named(name: string): Uint8Array {
  return prefixMessage(encoded(name), 0);
}

export function encoded(name: string): Uint8Array {
  return toBinary(SayHelloRequestSchema, {
    $typeName: "greeter.v1.SayHelloRequest",
    name,
    languageTag: "",
  });
}

/** The greetings of a response. All responses of the service have the greeting in field 1. */
export function greetings(call: ClientCall): string[] {
  return call.frames.map(({ bytes }) => fromBinary(SayHelloResponseSchema, bytes).greeting);
}

/** An implementation of all four kinds that greets by name. */
export const friendly: Greeter = {
  sayHello: ({ name }) => ({ greeting: `Hello, ${name}!` }),
  async *sayHelloInLanguages({ name }) {
    yield { greeting: `Hello, ${name}!` };
    yield { greeting: `Salut, ${name}!` };
  },
  async sayHelloToAll(requests) {
    const names: string[] = [];
    for await (const { name } of requests) names.push(name);
    return { greeting: `Hello, ${names.join(", ")}!` };
  },
  async *sayHelloToEach(requests) {
    for await (const { name } of requests) yield { greeting: `Hello, ${name}!` };
  },
};
