import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseAddress } from "../src/address.ts";

suite("an address", () => {
  const good = [
    ["localhost:50051", "localhost:50051"],
    ["127.0.0.1:1", "127.0.0.1:1"],
    ["[::1]:50051", "[::1]:50051"],
    ["[0:0:0:0:0:0:0:1]:50051", "[::1]:50051"],
    ["http://localhost:50051", "localhost:50051"],
    ["HTTP://localhost:50051/", "localhost:50051"],
    ["http://localhost", "localhost:80"],
    ["Example.COM:65535", "example.com:65535"],
    ["localhost:00080", "localhost:80"],
    ["привет.рф:50051", "xn--b1agh1afp.xn--p1ai:50051"],
  ] as const;
  for (const [text, authority] of good) {
    test(`«${text}» is ${authority}`, () => {
      assert.deepEqual(parseAddress(text), { authority, url: `http://${authority}` });
    });
  }

  const bad = [
    ["", "malformed"],
    [":50051", "malformed"],
    ["localhost", "no-port"],
    ["[::1]", "no-port"],
    ["localhost:", "bad-port"],
    ["localhost:0", "bad-port"],
    ["localhost:65536", "bad-port"],
    ["localhost:http", "bad-port"],
    ["localhost:-1", "bad-port"],
    ["::1:50051", "malformed"],
    ["[::1:50051", "malformed"],
    ["[::g]:50051", "malformed"],
    ["[1:2]:50051", "malformed"],
    ["999.0.0.1:1", "malformed"],
    ["local host:50051", "malformed"],
    ["a@b:50051", "malformed"],
    ["http://", "malformed"],
    ["http://user:secret@localhost:50051", "malformed"],
    ["http://localhost:50051/path", "more-than-host"],
    ["localhost:50051/path", "more-than-host"],
    ["http://localhost:50051?query", "malformed"],
    ["https://localhost:50051", "tls"],
    ["unix:///tmp/socket", "malformed"],
    ["dns:///localhost:50051", "malformed"],
  ] as const;
  for (const [text, problem] of bad) {
    test(`«${text}» is none: ${problem}`, () => {
      assert.equal(parseAddress(text), problem);
    });
  }
});
