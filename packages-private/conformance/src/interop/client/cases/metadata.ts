import assert from "node:assert/strict";
import { Code, decodeBinaryHeader, encodeBinaryHeader } from "@connectrpc/connect";
import type { CallOptions } from "@connectrpc/connect";
import type { Case } from "../case.ts";
import { failureOf } from "../case.ts";
import { sizesOf, stream } from "../test-client.ts";
import { callLarge, largeRequest } from "./unary.ts";

const INITIAL = "x-grpc-test-echo-initial";
const TRAILING = "x-grpc-test-echo-trailing-bin";
const initialValue = "test_initial_metadata_value";
const trailingValue = Uint8Array.of(0xab, 0xab, 0xab);

/** The metadata of one call, there and back. */
class Echo {
  #header: string | null = null;
  #trailer: string | null = null;

  get options(): CallOptions {
    return {
      headers: { [INITIAL]: initialValue, [TRAILING]: encodeBinaryHeader(trailingValue.buffer) },
      onHeader: (header) => (this.#header = header.get(INITIAL)),
      onTrailer: (trailer) => (this.#trailer = trailer.get(TRAILING)),
    };
  }

  check(): void {
    assert.equal(this.#header, initialValue);
    assert.deepEqual(decodeBinaryHeader(this.#trailer ?? ""), trailingValue);
  }
}

/** UNKNOWN, with all that a message may hold. */
const special = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

export const metadataCases: Readonly<Record<string, Case>> = {
  async custom_metadata(client) {
    const unary = new Echo();
    await callLarge(client, {}, unary.options);
    unary.check();
    const duplex = new Echo();
    const { responseSize: size, payload } = largeRequest;
    const requests = stream({ responseParameters: [{ size }], payload });
    assert.deepEqual(await sizesOf(client.fullDuplexCall(requests, duplex.options)), [size]);
    duplex.check();
  },

  async status_code_and_message(client) {
    const responseStatus = { code: Code.Unknown, message: "test status message" };
    const unary = await failureOf(client.unaryCall({ responseStatus }), Code.Unknown);
    assert.equal(unary.rawMessage, responseStatus.message);
    const responses = client.fullDuplexCall(stream({ responseStatus }));
    const duplex = await failureOf(sizesOf(responses), Code.Unknown);
    assert.equal(duplex.rawMessage, responseStatus.message);
  },

  async special_status_message(client) {
    const responseStatus = { code: Code.Unknown, message: special };
    const error = await failureOf(client.unaryCall({ responseStatus }), Code.Unknown);
    assert.equal(error.rawMessage, special);
  },
};
