import type { Message } from "@bufbuild/protobuf";
import { compressedFlag } from "@privet/grpc-wire";
import type { Call, Output } from "../call/call.ts";
import { intercept } from "./intercept.ts";
import type { Innermost } from "./intercept.ts";
import { refuse } from "./result.ts";

type Messages = AsyncIterable<Message>;

/**
 * Answers with the stream of messages that an implementation returns.
 *
 * @param direct calls it where there are no interceptors
 * @param innermost calls it from within them
 */
export function answerWithStream(
  call: Call,
  direct: () => Messages,
  requests: Messages,
  innermost: Innermost<Messages>,
): void {
  if (call.route.interceptors.length === 0) {
    new OutputStream(call).start(direct, undefined);
  } else {
    answerIntercepted(call, requests, innermost);
  }
}

/** The same, where there are interceptors. */
export function answerIntercepted(
  call: Call,
  requests: Messages,
  innermost: Innermost<Messages>,
): void {
  intercept<Messages>(call, true, requests, async (messages, context) =>
    normalized(call, await innermost(messages, context)),
  ).then(
    ({ message, adoptTrailer }) => new OutputStream(call).start(() => message, adoptTrailer),
    (error: unknown) => refuse(call, error),
  );
}

/** Interceptors get whole messages. */
function normalized(call: Call, messages: Messages): Messages {
  return {
    [Symbol.asyncIterator]() {
      const iterator = messages[Symbol.asyncIterator]();
      return {
        next: () => whole(call, iterator.next()),
        ...(iterator.throw && { throw: (error) => whole(call, iterator.throw?.(error)) }),
        ...(iterator.return && { return: (value) => whole(call, iterator.return?.(value)) }),
      };
    },
  };
}

async function whole(
  call: Call,
  promised: Promise<IteratorResult<Message>> | undefined,
): Promise<IteratorResult<Message>> {
  const result = (await promised) ?? last;
  if (result.done === true) return result;
  return { done: false, value: call.route.codec.normalize(result.value) };
}

const last: IteratorResult<Message> = { done: true, value: undefined };

/**
 * Takes the messages of a response from their iterator and sends them, as long
 * as there is room and somebody to send them to.
 *
 *     PULLING ──a message──▶ SENDING ──room──▶ PULLING ──done, or throws──▶ ENDED
 *        └──────────┴── the call is over, or a message can't be sent ──▶ CLOSING ──▶ ENDED
 */
class OutputStream implements Output {
  readonly #call: Call;
  readonly #pull = (): void => this.#next();
  readonly #result = (result: IteratorResult<Message>): void => this.#take(result);
  readonly #failure = (error: unknown): void => this.#endWith(error);
  #iterator: AsyncIterator<Message> | undefined = undefined;
  #adoptTrailer: (() => void) | undefined = undefined;
  /** What `next()` has promised last. */
  #pulled: Promise<unknown> | undefined = undefined;
  #closing = false;
  #ended = false;

  constructor(call: Call) {
    this.#call = call;
  }

  /** @param adoptTrailer is called before the trailers are sent */
  start(messages: () => Messages, adoptTrailer: (() => void) | undefined): void {
    const call = this.#call;
    this.#adoptTrailer = adoptTrailer;
    try {
      this.#iterator = messages()[Symbol.asyncIterator]();
    } catch (error) {
      refuse(call, error);
      return;
    }
    call.output = this;
    if (call.over) this.#close(undefined, undefined);
    else this.#next();
  }

  cancel(reason: unknown): void {
    if (this.#ended || this.#closing) return;
    this.#close(reason, undefined);
  }

  #next(): void {
    if (this.#closing || this.#ended) return;
    const { response } = this.#call;
    if (response.full) {
      response.onRoom = this.#pull;
      return;
    }
    try {
      this.#pulled = this.#iterator?.next().then(this.#result, this.#failure);
    } catch (error) {
      this.#endWith(error);
    }
  }

  #take(result: IteratorResult<Message>): void {
    if (this.#closing) return;
    if (result.done === true) {
      this.#ended = true;
      this.#adoptTrailer?.();
      this.#call.returned();
      this.#call.finish();
      return;
    }
    try {
      this.#send(result.value);
    } catch (error) {
      this.#close(undefined, error);
    }
  }

  #send(value: Message): void {
    const { route, compression } = this.#call;
    const bytes = route.codec.serialize(route.codec.normalize(value));
    const chosen = compression.choose(bytes.length, route.compressMinBytes);
    if (chosen === null) {
      this.#sendBytes(bytes, bytes.length, 0);
      return;
    }
    chosen
      .compress(bytes as Uint8Array<ArrayBuffer>)
      .then((compressed) => this.#sendBytes(compressed, bytes.length, compressedFlag))
      .catch((error: unknown) => this.#close(undefined, error));
  }

  #sendBytes(bytes: Uint8Array, size: number, flags: number): void {
    if (this.#closing) return;
    this.#call.response.send(bytes, flags);
    this.#call.observer?.messageSent?.(size, bytes.length);
    this.#next();
  }

  /** The iterator has thrown. */
  #endWith(error: unknown): void {
    if (this.#closing) return;
    this.#ended = true;
    refuse(this.#call, error);
  }

  /**
   * Nobody takes more of the messages. The iterator is told, so that a
   * generator runs its `finally`, and waited for.
   *
   * @param reason is thrown into it
   * @param fault why the call fails, where it isn't over
   */
  #close(reason: unknown, fault: unknown): void {
    if (this.#closing || this.#ended) return;
    this.#closing = true;
    this.#call.response.onRoom = undefined;
    void this.#endAfter(reason, fault);
  }

  async #endAfter(reason: unknown, fault: unknown): Promise<void> {
    await this.#ending(reason);
    this.#ended = true;
    this.#call.returned();
    if (fault !== undefined) this.#call.fail(fault);
  }

  /** Resolves when the iterator is at an end, whatever it makes of it. */
  async #ending(reason: unknown): Promise<void> {
    const iterator = this.#iterator;
    // Both at once: a generator takes them up in order, after a `next()` that hasn't answered.
    const thrown = reason === undefined ? undefined : attempt(() => iterator?.throw?.(reason));
    const returned = attempt(() => iterator?.return?.());
    await Promise.allSettled([this.#pulled, thrown, returned]);
  }
}

async function attempt(action: () => unknown): Promise<void> {
  await action();
}
