import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseAddress } from "../../src/port/address.ts";
import type { Address } from "../../src/port/address.ts";

suite("an address to listen at", () => {
  const right: readonly (readonly [string, Address])[] = [
    ["127.0.0.1:50051", { kind: "tcp", host: "127.0.0.1", port: 50_051 }],
    ["localhost:0", { kind: "tcp", host: "localhost", port: 0 }],
    [":8080", { kind: "tcp", host: "::", port: 8080 }],
    ["[::]:50051", { kind: "tcp", host: "::", port: 50_051 }],
    ["[fe80::1%eth0]:1", { kind: "tcp", host: "fe80::1%eth0", port: 1 }],
    ["unix:greeter.sock", { kind: "unix", path: "greeter.sock" }],
    ["unix:/run/greeter.sock", { kind: "unix", path: "/run/greeter.sock" }],
    ["unix:///run/greeter.sock", { kind: "unix", path: "/run/greeter.sock" }],
  ];
  for (const [text, address] of right) {
    test(`${text} is read`, () => assert.deepEqual(parseAddress(text), address));
  }

  for (const text of [
    "",
    "localhost",
    "::1:80",
    "host:65536",
    "host:-1",
    "a b:1",
    "unix:",
    "http://h:1",
  ]) {
    test(`«${text}» is refused, and the error says what would be right`, () => {
      assert.throws(() => parseAddress(text), {
        name: "TypeError",
        message: /is no address to listen at: give host:port/,
      });
    });
  }
});
