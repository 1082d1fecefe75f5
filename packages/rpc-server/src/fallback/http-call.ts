import type { ConnectError } from "@connectrpc/connect";
import type { UniversalServerResponse } from "@connectrpc/connect/protocol";
import { ErrorCode } from "@privet/http2";
import type { Stream, StreamEnd, StreamHandler } from "@privet/http2";
import { resetError } from "../call/reset-error.ts";
import { BodyStream } from "./body-stream.ts";
import { HttpResponse } from "./http-response.ts";

/** Answers a request, or refuses it where there is a reason to. What it throws or rejects with is answered with 500. */
export type Answer = (
  body: AsyncIterable<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  refusal: ConnectError | undefined,
) => UniversalServerResponse | Promise<UniversalServerResponse>;

/** Is told how it went. */
export interface HttpCallHost {
  /**
   * The response is complete, or can't be: then `error` says why.
   *
   * @param gone it was the client that ended it
   */
  ended(response: UniversalServerResponse | undefined, error: unknown, gone: boolean): void;
  /** The handler, or the fallback, is at an end. */
  released(): void;
}

/** One request that a handler of Connect's, or the user's fallback, answers over a stream of ours. */
export class HttpCall implements StreamHandler {
  readonly #stream: Stream;
  readonly #body: BodyStream;
  readonly #response: HttpResponse;
  readonly #host: HttpCallHost;
  readonly #controller = new AbortController();
  /** Why nothing can be sent any more. */
  #gone: ConnectError | undefined = undefined;
  #over = false;

  constructor(stream: Stream, host: HttpCallHost) {
    this.#stream = stream;
    this.#body = new BodyStream(stream);
    this.#response = new HttpResponse(stream);
    this.#host = host;
  }

  start(answer: Answer, refusal: ConnectError | undefined): void {
    void this.#answer(answer, refusal).finally(() => {
      this.#stream.release();
      this.#host.released();
    });
  }

  data(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    if (end > start) this.#body.data(bytes, start, end);
    if (endStream) this.#body.end();
  }

  /** Trailers of a request say nothing here. */
  headers(): void {
    this.#body.end();
  }

  endBody(): void {
    this.#body.end();
  }

  writable(): void {
    this.#response.room();
  }

  closed(end: StreamEnd): void {
    // Both sides have ended: so we have answered, and are in the middle of it.
    if (!this.#over && end.by !== "end") this.#lose(resetError(end));
  }

  /** Ends it without an answer. */
  cancel(reason: ConnectError): void {
    if (this.#over) return;
    this.#lose(reason);
    this.#stream.reset(ErrorCode.CANCEL);
  }

  #lose(reason: ConnectError): void {
    this.#gone = reason;
    this.#controller.abort(reason);
    this.#body.abort(reason);
    this.#response.room();
  }

  async #answer(answer: Answer, refusal: ConnectError | undefined): Promise<void> {
    let response: UniversalServerResponse | undefined;
    let fault: unknown;
    try {
      response = await answer(this.#body, this.#controller.signal, refusal);
      await this.#response.write(response, () => this.#gone);
    } catch (error) {
      fault = error;
    }
    const gone = this.#gone !== undefined;
    this.#over = true;
    if (fault !== undefined && !gone) this.#response.fail();
    this.#end();
    this.#host.ended(response, this.#gone ?? fault, gone);
  }

  #end(): void {
    // RFC 9113 §8.1: the rest of the request is of no use any more.
    if (!this.#body.ended && !this.#stream.closed) this.#stream.reset(ErrorCode.NO_ERROR);
    this.#controller.abort();
    this.#body.abort(this.#gone);
  }
}
