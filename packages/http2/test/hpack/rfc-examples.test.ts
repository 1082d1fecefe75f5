import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Decoder } from "../../src/hpack/decoder.ts";
import { readInteger, writeInteger } from "../../src/hpack/integer.ts";
import { decodeFields, decodeList, headerList, octets } from "./fields.ts";

const MAX_STRING = 4096;

suite("RFC 7541 Appendix C.1: integers", () => {
  const examples = [
    { name: "C.1.1: 10 with a 5-bit prefix", value: 10, mask: 0x1f, hex: "0a" },
    { name: "C.1.2: 1337 with a 5-bit prefix", value: 1337, mask: 0x1f, hex: "1f9a0a" },
    { name: "C.1.3: 42 at an octet boundary", value: 42, mask: 0xff, hex: "2a" },
  ];
  for (const { name, value, mask, hex } of examples) {
    test(name, () => {
      const bytes = octets(hex);
      const cursor = { bytes, position: 1, end: bytes.length };
      assert.equal(readInteger(cursor, bytes[0] as number, mask), value);
      assert.equal(cursor.position, bytes.length);

      const written = new Uint8Array(8);
      assert.equal(writeInteger(written, 0, value, mask, 0), bytes.length);
      assert.deepEqual(written.subarray(0, bytes.length), bytes);
    });
  }
});

suite("RFC 7541 Appendix C.2: representations of a field", () => {
  const examples = [
    {
      name: "C.2.1: a literal with indexing",
      hex: "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      field: ["custom-key", "custom-header"],
      indexed: true,
    },
    {
      name: "C.2.2: a literal without indexing",
      hex: "040c 2f73 616d 706c 652f 7061 7468",
      field: [":path", "/sample/path"],
      indexed: false,
    },
    {
      name: "C.2.3: a literal that is never indexed",
      hex: "1008 7061 7373 776f 7264 0673 6563 7265 74",
      field: ["password", "secret"],
      indexed: false,
      sensitive: true,
    },
    { name: "C.2.4: an indexed field", hex: "82", field: [":method", "GET"], indexed: false },
  ];
  for (const { name, hex, field, indexed, sensitive = false } of examples) {
    test(name, () => {
      const decoder = new Decoder(4096, MAX_STRING);
      const [decoded] = decodeFields(decoder, octets(hex));
      assert.deepEqual([decoded?.name, decoded?.value], field);
      assert.equal(decoded?.sensitive, sensitive);
      const reference = (): string[] => decodeList(decoder, octets("be"));
      if (indexed) {
        assert.deepEqual(reference(), field);
      } else {
        assert.throws(reference, { token: "index_too_large" });
      }
    });
  }
});

const get = [":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com"];
const getNoCache = [...get, "cache-control", "no-cache"];
const getCustom = headerList(`
  :method: GET
  :scheme: https
  :path: /index.html
  :authority: www.example.com
  custom-key: custom-value
`);
const redirect = headerList(`
  :status: 302
  cache-control: private
  date: Mon, 21 Oct 2013 20:13:21 GMT
  location: https://www.example.com
`);
const redirect307 = redirect.with(1, "307");
const ok = headerList(`
  :status: 200
  cache-control: private
  date: Mon, 21 Oct 2013 20:13:22 GMT
  location: https://www.example.com
  content-encoding: gzip
  set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1
`);

/** `table`: the dynamic table after the block, the newest first, as the RFC prints it. */
const sequences = [
  {
    name: "C.3: requests without Huffman coding",
    size: 4096,
    blocks: [
      {
        hex: "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        list: get,
        table: [":authority", "www.example.com"],
      },
      {
        hex: "8286 84be 5808 6e6f 2d63 6163 6865",
        list: getNoCache,
        table: ["cache-control", "no-cache", ":authority", "www.example.com"],
      },
      {
        hex: "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
        list: getCustom,
        table: headerList(`
          custom-key: custom-value
          cache-control: no-cache
          :authority: www.example.com
        `),
      },
    ],
  },
  {
    name: "C.4: requests with Huffman coding",
    size: 4096,
    blocks: [
      {
        hex: "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        list: get,
        table: [":authority", "www.example.com"],
      },
      {
        hex: "8286 84be 5886 a8eb 1064 9cbf",
        list: getNoCache,
        table: ["cache-control", "no-cache", ":authority", "www.example.com"],
      },
      {
        hex: "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        list: getCustom,
        table: headerList(`
          custom-key: custom-value
          cache-control: no-cache
          :authority: www.example.com
        `),
      },
    ],
  },
  {
    name: "C.5: responses without Huffman coding, in a table of 256 octets",
    size: 256,
    blocks: [
      {
        hex: `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
              2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
              6c65 2e63 6f6d`,
        list: redirect,
        table: headerList(`
          location: https://www.example.com
          date: Mon, 21 Oct 2013 20:13:21 GMT
          cache-control: private
          :status: 302
        `),
      },
      {
        hex: "4803 3330 37c1 c0bf",
        list: redirect307,
        table: headerList(`
          :status: 307
          location: https://www.example.com
          date: Mon, 21 Oct 2013 20:13:21 GMT
          cache-control: private
        `),
      },
      {
        hex: `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
              54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
              5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
              3d31`,
        list: ok,
        table: headerList(`
          set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1
          content-encoding: gzip
          date: Mon, 21 Oct 2013 20:13:22 GMT
        `),
      },
    ],
  },
  {
    name: "C.6: responses with Huffman coding, in a table of 256 octets",
    size: 256,
    blocks: [
      {
        hex: `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
              2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        list: redirect,
        table: headerList(`
          location: https://www.example.com
          date: Mon, 21 Oct 2013 20:13:21 GMT
          cache-control: private
          :status: 302
        `),
      },
      {
        hex: "4883 640e ffc1 c0bf",
        list: redirect307,
        table: headerList(`
          :status: 307
          location: https://www.example.com
          date: Mon, 21 Oct 2013 20:13:21 GMT
          cache-control: private
        `),
      },
      {
        hex: `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
              77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
              9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
        list: ok,
        table: headerList(`
          set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1
          content-encoding: gzip
          date: Mon, 21 Oct 2013 20:13:22 GMT
        `),
      },
    ],
  },
];

for (const { name, size, blocks } of sequences) {
  suite(`RFC 7541 Appendix ${name}`, () => {
    const decoder = new Decoder(size, MAX_STRING);
    for (const [i, { hex, list, table }] of blocks.entries()) {
      test(`${name.slice(0, 3)}.${i + 1}`, () => {
        assert.deepEqual(decodeList(decoder, octets(hex)), list);
        assert.deepEqual(dynamicTable(decoder), table);
      });
    }
  });
}

/** The dynamic table as indices from 62 on show it. */
function dynamicTable(decoder: Decoder): string[] {
  const entries: string[] = [];
  for (let index = 62; ; index++) {
    try {
      entries.push(...decodeList(decoder, Uint8Array.of(0x80 | index)));
    } catch {
      return entries;
    }
  }
}
