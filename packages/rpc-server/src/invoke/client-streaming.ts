import type { Message } from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import type { Call } from "../call/call.ts";
import { RequestStream } from "../call/request-stream.ts";
import { answerIntercepted } from "./output.ts";
import { answerWith } from "./result.ts";

type ClientStreamingImplementation = (
  requests: AsyncIterable<Message>,
  context: HandlerContext,
) => Promise<Message>;

/** A stream in, one message out. The implementation starts before the first message. */
export function clientStreaming(call: Call): void {
  const requests = new RequestStream(call);
  call.read(requests);
  call.run();
  const implementation = call.route.impl as ClientStreamingImplementation;
  if (call.route.interceptors.length === 0) {
    answerWith(call, requests);
  } else {
    answerIntercepted(call, requests, async (messages, context) =>
      once(await implementation(messages, context)),
    );
  }
}

async function* once(message: Message): AsyncGenerator<Message> {
  yield message;
}
