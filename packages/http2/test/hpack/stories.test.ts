import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Decoder } from "../../src/hpack/decoder.ts";
import { Encoder } from "../../src/hpack/encoder.ts";
import { decodeList } from "./fields.ts";
import { readStories, storiesMissing } from "./stories.ts";

const MAX_STRING = 65_536;

suite("http2jp/hpack-test-case", { skip: storiesMissing }, () => {
  const stories = readStories();
  const cases = stories.flatMap((story) => story.cases);

  test("is all there: 478 stories, 50,526 cases, 47,142 of them with wire bytes", () => {
    assert.equal(stories.length, 478);
    assert.equal(cases.length, 50_526);
    assert.equal(cases.filter(({ wire }) => wire !== undefined).length, 47_142);
  });

  const encoders = [...new Set(stories.map(({ encoder }) => encoder))];
  for (const encoder of encoders.filter((name) => name !== "raw-data")) {
    test(`every block of ${encoder} is decoded`, () => {
      let decoded = 0;
      for (const { story, cases: blocks } of stories.filter((it) => it.encoder === encoder)) {
        const decoder = new Decoder(4096, MAX_STRING);
        for (const [i, { tableSize, wire, list }] of blocks.entries()) {
          if (tableSize !== undefined) decoder.setMaxTableSize(tableSize);
          if (wire === undefined) continue;
          assert.deepEqual(decodeList(decoder, wire), list, `${story} ${i}`);
          decoded++;
        }
      }
      assert.ok(decoded > 0);
    });
  }

  for (const size of [0, 64, 4096]) {
    test(`every header list comes back from our encoder with a table of ${size}`, () => {
      for (const { encoder, story, cases: lists } of stories) {
        const ours = new Encoder(size);
        const decoder = new Decoder(4096, MAX_STRING);
        for (const { list } of lists) {
          assert.deepEqual(decodeList(decoder, ours.encode(list)), list, `${encoder} ${story}`);
        }
      }
    });
  }
});
