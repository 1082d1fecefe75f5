import assert from "node:assert/strict";
import { Code } from "@connectrpc/connect";
import type { Case } from "../case.ts";
import { failureOf } from "../case.ts";
import type { OutputRequest } from "../test-client.ts";
import { sizesOf, zeroes } from "../test-client.ts";

/** One request, after which the stream stays open. */
async function* open(request: OutputRequest): AsyncGenerator<OutputRequest, void> {
  yield request;
  await new Promise<never>(() => {});
}

export const endingCases: Readonly<Record<string, Case>> = {
  async cancel_after_begin(client) {
    const abort = new AbortController();
    // It is asked for a message when the headers have been sent.
    const nothing: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          abort.abort();
          return new Promise<never>(() => {});
        },
      }),
    };
    const call = client.streamingInputCall(nothing, { signal: abort.signal });
    await failureOf(call, Code.Canceled);
  },

  async cancel_after_first_response(client) {
    const abort = new AbortController();
    const requests = open({ responseParameters: [{ size: 31_415 }], payload: zeroes(27_182) });
    const call = client.fullDuplexCall(requests, { signal: abort.signal });
    const responses = call[Symbol.asyncIterator]();
    const first = await responses.next();
    assert.ok(first.done !== true);
    assert.equal(first.value.payload?.body.length, 31_415);
    abort.abort();
    await failureOf(responses.next(), Code.Canceled);
  },

  async timeout_on_sleeping_server(client) {
    const call = client.fullDuplexCall(open({ payload: zeroes(27_182) }), { timeoutMs: 1 });
    await failureOf(sizesOf(call), Code.DeadlineExceeded);
  },
};
