import { Code, ConnectError } from "@connectrpc/connect";
import { appendErrorStatus, codecOf, contentTypes } from "@privet/grpc-wire";
import { ErrorCode, preencode } from "@privet/http2";
import type {
  HeaderBlock,
  HeaderList,
  ReceivedHeaders,
  Stream,
  StreamHandler,
} from "@privet/http2";

// Lists, to which fields for browsers can be added.
const notFound: HeaderList = [":status", "404"];
const tooLarge: HeaderList = [":status", "431"];
/** Made when it is first needed: the first error of a process loads Node's HTTP client. */
let exhausted: HeaderBlock | undefined;

/** No route has the path. To a client of gRPC that is UNIMPLEMENTED. */
export function answerNotFound(stream: Stream, endStream: boolean): StreamHandler {
  return answer(stream, notFound, endStream);
}

/** The request's header list is beyond our limits. */
export function answerTooLarge(
  stream: Stream,
  headers: ReceivedHeaders,
  endStream: boolean,
): StreamHandler {
  const isGrpc = codecOf(headers.get("content-type") ?? "") !== undefined;
  if (!isGrpc) return answer(stream, tooLarge, endStream);
  exhausted ??= preencode(exhaustedFields());
  return answer(stream, exhausted, endStream);
}

function exhaustedFields(): string[] {
  const fields = [":status", "200", "content-type", contentTypes.proto];
  appendErrorStatus(
    fields,
    new ConnectError("the request's header list is too large", Code.ResourceExhausted),
  );
  return fields;
}

/** The whole answer is its head. */
function answer(stream: Stream, head: HeaderList | HeaderBlock, endStream: boolean): StreamHandler {
  stream.sendHeaders(head, { endStream: true });
  // RFC 9113 §8.1: the rest of the request is of no use.
  if (!endStream) stream.reset(ErrorCode.NO_ERROR);
  stream.release();
  return unread(stream);
}

function unread(stream: Stream): StreamHandler {
  return {
    data: (_bytes, start, end) => stream.consume(end - start),
    closed: () => {},
  };
}
