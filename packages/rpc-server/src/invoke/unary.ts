import type { Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { SingleRequest } from "../call/single-request.ts";
import { intercept } from "./intercept.ts";
import type { Intercepted } from "./intercept.ts";
import { answerWith, refuse } from "./result.ts";

type UnaryImplementation = (request: Message, context: HandlerContext) => unknown;

/** One message in, one out. */
export function unary(call: Call): void {
  call.read(new SingleRequest(call, start));
}

function start(call: Call, message: Message): void {
  call.run();
  if (call.route.interceptors.length > 0) invokeIntercepted(call, message);
  else answerWith(call, message);
}

function invokeIntercepted(call: Call, message: Message): void {
  const { codec, impl } = call.route;
  const implementation = impl as UnaryImplementation;
  const answer = ({ message: output, adoptTrailer }: Intercepted<Message>): void => {
    adoptTrailer();
    call.returned();
    call.respond(output);
  };
  intercept<Message>(call, false, message, async (request, context) =>
    codec.normalize((await implementation(request, context)) as Message),
  )
    .then(answer)
    .catch((error: unknown) => refuse(call, error));
}
