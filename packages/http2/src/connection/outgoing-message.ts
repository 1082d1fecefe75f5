import { UsageError } from "../errors.ts";
import type { HeaderList } from "../hpack/field.ts";
import { HeaderBlock } from "../hpack/header-block.ts";
import { isInformationalList } from "../semantics/outgoing.ts";
import type { MessagePart } from "../semantics/message-part.ts";

/** What each misuse is, and what to do instead. */
const advice = {
  send_after_end: "This side of the stream has ended: nothing can be sent after END_STREAM.",
  headers_sent: "The headers are sent: send data, and trailers with sendTrailers().",
  headers_missing: "Send the headers first, with sendHeaders().",
  informational_end: "An informational response (1xx) doesn't end a stream: send the final one.",
  consumed_too_much: "consume() takes what was received and not yet consumed, and no more.",
  wrong_block: "This block was encoded for another part of a message.",
  not_a_client: "Only a client opens streams.",
  no_stream_available:
    "No stream can be opened now: wait until availableStreams is greater than 0.",
} as const;

export function misuse(reason: keyof typeof advice): UsageError {
  return new UsageError(reason, advice[reason]);
}

/** @throws UsageError where a pre-encoded block isn't for this part of a message; lists are checked as they are encoded */
export function checkBlock(headers: HeaderList | HeaderBlock, part: MessagePart): void {
  if (headers instanceof HeaderBlock && headers.part !== part) throw misuse("wrong_block");
}

export function isInformational(headers: HeaderList | HeaderBlock): boolean {
  return headers instanceof HeaderBlock ? headers.informational : isInformationalList(headers);
}

/** Is this a request by HEAD? Null where it is pre-encoded, and doesn't tell. */
export function isHead(headers: HeaderList | HeaderBlock): boolean | null {
  if (headers instanceof HeaderBlock) return null;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === ":method") return headers[i + 1] === "HEAD";
  }
  return false;
}
