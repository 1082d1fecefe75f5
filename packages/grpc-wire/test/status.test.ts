import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { findTrailerError, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { appendErrorStatus, readStatus, toHeaders } from "@privet/grpc-wire";

const codes = Array.from({ length: 16 }, (_, i): Code => i + 1);

function written(error: ConnectError): Headers {
  const fields: string[] = [];
  appendErrorStatus(fields, error);
  return toHeaders(fields);
}

const messages = ["", "not found", "100% «шум»", "two\nlines", "👋🏽", "a\tb", "%41"];

test("every code and message is written as Connect writes it, and read back", () => {
  for (const code of codes) {
    for (const message of messages) {
      const error = new ConnectError(message, code, { "x-request-id": "7" });
      const fields = written(error);
      assert.deepEqual([...fields], [...setTrailerStatus(new Headers(), error)]);
      const read = readStatus(fields);
      assert.ok(read instanceof ConnectError);
      assert.deepEqual([read.code, read.rawMessage], [code, message]);
      assert.equal(read.metadata.get("x-request-id"), "7");
    }
  }
});

test("details are written as Connect writes them, and read back, packed or not", () => {
  const duration = create(DurationSchema, { seconds: 5n });
  const error = new ConnectError("slow", Code.DeadlineExceeded, undefined, [
    { desc: DurationSchema, value: duration },
  ]);
  error.details.push({ type: "a.B", value: Uint8Array.of(1, 2) });
  const fields = written(error);
  assert.deepEqual([...fields], [...setTrailerStatus(new Headers(), error)]);
  assert.doesNotMatch(fields.get("grpc-status-details-bin") ?? "", /=/);

  const read = readStatus(fields);
  assert.ok(read instanceof ConnectError);
  assert.deepEqual(read.findDetails(DurationSchema), [duration]);
  assert.deepEqual(read.details, findTrailerError(fields)?.details);
  assert.deepEqual(
    read.details.map((detail) => ("type" in detail ? [detail.type, detail.value] : [])),
    [
      ["google.protobuf.Duration", toBinary(DurationSchema, duration)],
      ["a.B", Uint8Array.of(1, 2)],
    ],
  );
});

test("an error that came from another server keeps its status and loses its metadata", () => {
  const theirs = readStatus(written(new ConnectError("no", Code.NotFound, { secret: "1" })));
  assert.ok(theirs instanceof ConnectError);
  const fields = written(theirs);
  assert.equal(fields.get("secret"), null);
  assert.equal(fields.get("grpc-status"), "5");
});

test("metadata cannot forge the protocol's own fields", () => {
  const fields = written(
    new ConnectError("no", Code.NotFound, {
      "grpc-status": "0",
      "content-type": "text/html",
      "content-length": "7",
      connection: "close",
      "grpc-retry-pushback-ms": "10",
    }),
  );
  assert.deepEqual(Object.fromEntries(fields), {
    "grpc-message": "no",
    "grpc-retry-pushback-ms": "10",
    "grpc-status": "5",
  });
});

test("OK is null, and no status is undefined", () => {
  assert.equal(readStatus(new Headers({ "grpc-status": "0" })), null);
  assert.equal(readStatus(new Headers({ "grpc-message": "?" })), undefined);
});

test("a status that gRPC does not know is INTERNAL, and says which", () => {
  for (const status of ["99", "17", "-1", "1x", "01", ""]) {
    const error = readStatus(new Headers({ "grpc-status": status }));
    assert.ok(error instanceof ConnectError);
    assert.deepEqual(
      [error.code, error.rawMessage],
      [Code.Internal, `invalid grpc-status: ${status}`],
    );
  }
});

test("a badly encoded message never loses the status", () => {
  const cases = {
    "%": "%",
    "100%": "100%",
    "%zz%41": "%zzA",
    "%D0": "\u{fffd}",
    "%D0%9F%FF!": "П\u{fffd}!",
    "a%2": "a%2",
  };
  for (const [value, message] of Object.entries(cases)) {
    const error = readStatus(new Headers({ "grpc-status": "5", "grpc-message": value }));
    assert.ok(error instanceof ConnectError);
    assert.deepEqual([error.code, error.rawMessage], [Code.NotFound, message]);
  }
});

test("a lone surrogate in a message is written as the replacement character", () => {
  const read = readStatus(written(new ConnectError("a\ud800b", Code.Aborted)));
  assert.ok(read instanceof ConnectError);
  assert.equal(read.rawMessage, "a\u{fffd}b");
});

test("details that cannot be read leave the plain status", () => {
  for (const details of ["!!!", "AAAA", "CgU", "GgQ"]) {
    const error = readStatus(
      new Headers({
        "grpc-status": "3",
        "grpc-message": "plain",
        "grpc-status-details-bin": details,
      }),
    );
    assert.ok(error instanceof ConnectError, details);
    assert.deepEqual([error.code, error.rawMessage], [Code.InvalidArgument, "plain"]);
  }
});
