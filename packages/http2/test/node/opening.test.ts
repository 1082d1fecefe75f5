import assert from "node:assert/strict";
import { METHODS } from "node:http";
import { test } from "node:test";
import { OPENING_SIZE, openingOf } from "../../src/node/opening.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

test("the client preface of HTTP/2 is decided with its last octet", () => {
  for (let n = 0; n < PREFACE.length; n++) {
    assert.equal(openingOf(latin1(PREFACE.slice(0, n))), "undecided", `${n} octets`);
  }
  assert.equal(openingOf(latin1(PREFACE)), "http2");
  assert.equal(openingOf(latin1(`${PREFACE}\0\0\0\x04`)), "http2");
});

test("a preface with one wrong octet is unknown from that octet on", () => {
  for (let n = 3; n < PREFACE.length; n++) {
    const broken = `${PREFACE.slice(0, n)}\x7f${PREFACE.slice(n + 1)}`;
    assert.equal(openingOf(latin1(broken.slice(0, n))), "undecided");
    assert.equal(openingOf(latin1(broken.slice(0, n + 1))), "unknown", `octet ${n}`);
  }
});

test("each method of HTTP/1.1 is decided with the space behind it", () => {
  for (const method of METHODS) {
    for (let n = 0; n <= method.length; n++) {
      assert.equal(openingOf(latin1(method.slice(0, n))), "undecided", method);
    }
    assert.equal(openingOf(latin1(`${method} `)), "http1", method);
    assert.equal(openingOf(latin1(`${method} / HTTP/1.1\r\n`)), "http1", method);
    assert.notEqual(openingOf(latin1(`${method}\t/`)), "http1", method);
    assert.notEqual(openingOf(latin1(`${method.toLowerCase()} `)), "http1", method);
  }
});

test("what no client of HTTP says is unknown with its first octet", () => {
  for (const opening of ["\x16\x03\x01", "\0", "\r\n", " GET", "{", "ssh-2.0", "\xff"]) {
    assert.equal(openingOf(latin1(opening.slice(0, 1))), "unknown", JSON.stringify(opening));
  }
});

test("nothing is undecided after OPENING_SIZE octets", () => {
  for (const text of [PREFACE, ...METHODS.map((method) => `${method} /`)]) {
    assert.notEqual(openingOf(latin1(text.padEnd(OPENING_SIZE, "x"))), "undecided", text);
  }
});
