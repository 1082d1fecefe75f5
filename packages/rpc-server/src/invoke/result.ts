import type { DescMessage, Message, MessageInitShape } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { isPromised } from "../call/promised.ts";

type PromisingImplementation = (
  request: Message | AsyncIterable<Message>,
  context: HandlerContext,
) => unknown;

/**
 * Answers with what the implementation returns for `request`: a message, or a
 * promise of one. What is no promise is taken without a turn through the microtasks.
 */
export function answerWith(call: Call, request: Message | AsyncIterable<Message>): void {
  const implementation = call.route.impl as PromisingImplementation;
  let result: unknown;
  try {
    result = implementation(request, call.handlerContext);
  } catch (error) {
    refuse(call, error);
    return;
  }
  if (isPromised(result)) {
    result.then(
      (message) => answer(call, message),
      (error: unknown) => refuse(call, error),
    );
  } else {
    answer(call, result);
  }
}

/** The implementation has failed. */
export function refuse(call: Call, error: unknown): void {
  call.returned();
  call.fail(error);
}

function answer(call: Call, result: unknown): void {
  call.returned();
  let message: Message;
  try {
    message = call.route.codec.normalize(result as MessageInitShape<DescMessage>);
  } catch (error) {
    call.fail(error);
    return;
  }
  call.respond(message);
}
