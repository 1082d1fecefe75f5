import assert from "node:assert/strict";
import type { Case } from "../case.ts";
import type { OutputRequest } from "../test-client.ts";
import { sizesOf, stream, zeroes } from "../test-client.ts";

const REQUESTS = [27_182, 8, 1_828, 45_904];
const RESPONSES = [31_415, 9, 2_653, 58_979];

/** The messages of the two directions, each waiting for the one before. */
class PingPong {
  #answered: () => void = () => {};

  async *requests(): AsyncGenerator<OutputRequest, void> {
    for (const [i, size] of REQUESTS.entries()) {
      const answer = new Promise<void>((resolve) => (this.#answered = resolve));
      yield { responseParameters: [{ size: RESPONSES[i] ?? 0 }], payload: zeroes(size) };
      await answer;
    }
  }

  answered(): void {
    this.#answered();
  }
}

export const streamingCases: Readonly<Record<string, Case>> = {
  async client_streaming(client) {
    const requests = REQUESTS.map((size) => ({ payload: zeroes(size) }));
    const { aggregatedPayloadSize } = await client.streamingInputCall(stream(...requests));
    assert.equal(aggregatedPayloadSize, 74_922);
  },

  async server_streaming(client) {
    const responseParameters = RESPONSES.map((size) => ({ size }));
    const responses = client.streamingOutputCall({ responseParameters });
    assert.deepEqual(await sizesOf(responses), RESPONSES);
  },

  async ping_pong(client) {
    const pingPong = new PingPong();
    const sizes: number[] = [];
    for await (const { payload } of client.fullDuplexCall(pingPong.requests())) {
      sizes.push(payload?.body.length ?? 0);
      pingPong.answered();
    }
    assert.deepEqual(sizes, RESPONSES);
  },

  async empty_stream(client) {
    assert.deepEqual(await sizesOf(client.fullDuplexCall(stream())), []);
  },
};
