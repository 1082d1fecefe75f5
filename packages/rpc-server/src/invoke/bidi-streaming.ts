import type { Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { RequestStream } from "../call/request-stream.ts";
import { answerWithStream } from "./output.ts";

type BidiStreamingImplementation = (
  requests: AsyncIterable<Message>,
  context: HandlerContext,
) => AsyncIterable<Message>;

/** A stream in, a stream out. The implementation starts before the first message. */
export function bidiStreaming(call: Call): void {
  const requests = new RequestStream(call);
  call.read(requests);
  call.run();
  const implementation = call.route.impl as BidiStreamingImplementation;
  answerWithStream(
    call,
    () => implementation(requests, call.handlerContext),
    requests,
    (messages, context) => implementation(messages, context),
  );
}
