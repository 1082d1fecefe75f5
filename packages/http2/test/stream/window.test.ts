import assert from "node:assert/strict";
import { test } from "node:test";
import { InitialWindow, ReceiveWindow, SendWindow } from "../../src/stream/window.ts";

test("one change of the initial size changes all windows, also below zero", () => {
  const initial = new InitialWindow(100);
  const windows = [new SendWindow(initial), new SendWindow(initial)];
  windows[0]?.take(80);
  initial.size = 50;
  assert.deepEqual(
    windows.map((window) => window.available),
    [-30, 50],
  );
});

test("a window never grows above 2^31-1, however it is asked", () => {
  const window = new SendWindow(new InitialWindow(65_535));
  assert.equal(window.grant(0x7fff_ffff - 65_535), true);
  assert.equal(window.grant(1), false);
  assert.equal(window.available, 0x7fff_ffff);
  window.take(10);
  assert.equal(window.grant(0x7fff_ffff), false);
  assert.equal(window.available, 0x7fff_ffff - 10);
  assert.equal(window.overflowsAt(65_535 + 11), true);
  assert.equal(window.overflowsAt(65_535 + 10), false);
});

test("credit is due from a quarter of the window on", () => {
  const window = new ReceiveWindow(new InitialWindow(1000));
  assert.equal(window.receive(600), true);
  window.consume(249);
  assert.equal(window.takeDue(), 0);
  window.consume(1);
  assert.equal(window.takeDue(), 250);
  assert.equal(window.takeDue(), 0);
  assert.equal(window.available, 650);
  assert.equal(window.unconsumed, 350);
});

test("more than the window isn't received, and isn't counted", () => {
  const window = new ReceiveWindow(new InitialWindow(10));
  assert.equal(window.receive(11), false);
  assert.equal(window.receive(10), true);
  assert.equal(window.receive(1), false);
  assert.equal(window.unconsumed, 10);
});

test("what was granted ahead is not granted again when it is consumed", () => {
  const window = new ReceiveWindow(new InitialWindow(1000));
  assert.equal(window.widen(5000), 4000);
  assert.equal(window.available, 5000);
  window.receive(5000);
  window.consume(5000);
  assert.equal(window.takeDue(), 1000);
  assert.equal(window.available, 1000, "as if nothing had been widened");
});

test("what is due goes out with the grant ahead", () => {
  const window = new ReceiveWindow(new InitialWindow(1000));
  window.receive(100);
  window.consume(100);
  assert.equal(window.widen(1500), 600);
  window.receive(1500);
  window.consume(1500);
  assert.equal(window.takeDue(), 1000);
});
