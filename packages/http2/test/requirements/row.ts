import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import type { Seen } from "../testkit/frames.ts";
import { Scripted } from "../testkit/scripted.ts";
import type { ScriptedOptions } from "../testkit/scripted.ts";

type CodeName = keyof typeof ErrorCode;

/** What a peer's octets must lead to. */
export type Outcome =
  /** GOAWAY with this code and token, and nothing after it. */
  | { readonly goaway: CodeName; readonly token: string }
  /** RST_STREAM of this stream, and a connection that lives. */
  | { readonly reset: number; readonly code: CodeName }
  /** No error at all: a connection that lives, and exactly these frames of the ones that are not SETTINGS or WINDOW_UPDATE. */
  | { readonly sends: readonly Seen[] };

/** One requirement: what a peer sends, and what must follow. */
export interface Row {
  /** RFC 9113 unless it says otherwise. */
  readonly section: string;
  readonly says: string;
  readonly options?: ScriptedOptions;
  /** Done before, such as to open streams. */
  readonly given?: (peer: Scripted) => void;
  readonly send: readonly Uint8Array[];
  readonly outcome: Outcome;
}

export const nothing: Outcome = { sends: [] };

/** Makes a test of each row, for an engine in this role. */
export function testRows(role: "client" | "server", rows: readonly Row[]): void {
  for (const row of rows) {
    test(`§${row.section}: ${row.says}`, () => check(role, row));
  }
}

function check(role: "client" | "server", row: Row): void {
  const peer = new Scripted(role, row.options);
  row.given?.(peer);
  peer.sent();
  peer.send(...row.send);
  const sent = peer.sent();
  const { outcome } = row;
  const goaways = sent.filter((seen) => seen.type === "GOAWAY");
  if ("goaway" in outcome) {
    const { code, text } = goaways[0] ?? {};
    assert.deepEqual(
      { code, text, goaways: goaways.length, last: sent.at(-1)?.type },
      { code: ErrorCode[outcome.goaway], text: outcome.token, goaways: 1, last: "GOAWAY" },
    );
    assert.ok(peer.connection.closed);
    const ends = peer.events().filter((event) => event.on === "closed");
    assert.equal(ends.length, 1);
    assert.equal(peer.send(...row.send).sent().length, 0, "nothing is answered after the end");
    return;
  }
  assert.deepEqual(goaways, []);
  if ("reset" in outcome) {
    const resets = sent.filter((seen) => seen.type === "RST_STREAM");
    assert.deepEqual(resets, [
      { type: "RST_STREAM", id: outcome.reset, code: ErrorCode[outcome.code] },
    ]);
  } else {
    const shown = sent.filter((seen) => seen.type !== "SETTINGS" && seen.type !== "WINDOW_UPDATE");
    assert.deepEqual(shown, outcome.sends);
  }
  assertLives(peer);
}

/** A connection that lives answers a PING. */
function assertLives(peer: Scripted): void {
  peer.send(Uint8Array.of(0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8));
  assert.equal(peer.sentOnly("PING").length, 1, "the connection doesn't live");
}
