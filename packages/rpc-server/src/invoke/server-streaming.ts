import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { SingleRequest } from "../call/single-request.ts";
import { answerWithStream } from "./output.ts";

type ServerStreamingImplementation = (
  request: Message,
  context: HandlerContext,
) => AsyncIterable<Message>;

/** One message in, a stream out. */
export function serverStreaming(call: Call): void {
  call.read(new SingleRequest(call, start));
}

function start(call: Call, message: Message): void {
  const implementation = call.route.impl as ServerStreamingImplementation;
  call.run();
  answerWithStream(
    call,
    () => implementation(message, call.handlerContext),
    once(message),
    async (requests, context) => implementation(await only(requests), context),
  );
}

async function* once(message: Message): AsyncGenerator<Message> {
  yield message;
}

/** Interceptors can have made anything of the request. */
async function only(requests: AsyncIterable<Message>): Promise<Message> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) throw wrong("missing");
  const second = await iterator.next();
  if (second.done !== true) throw wrong("received extra");
  return first.value;
}

function wrong(fault: string): ConnectError {
  return new ConnectError(
    `protocol error: ${fault} input message for server-streaming method`,
    Code.Unimplemented,
  );
}
