import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  codeFromHttpStatus as upstreamCode,
  parseContentType,
} from "@connectrpc/connect/protocol-grpc";
import {
  appendHeaders,
  codecOf,
  codeFromHttpStatus,
  codeFromReset,
  toHeaders,
} from "@privet/grpc-wire";

test("a content type is one of gRPC's exactly where Connect says so", () => {
  const types = [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "application/grpc+json;charset=utf-8",
    "application/grpc+json; charset=UTF-8",
    "Application/gRPC+Proto",
    "application/grpc;charset=utf-8",
    "application/grpc+foo",
    "application/grpc-web",
    "application/grpcx",
    "application/json",
    "",
  ];
  for (const type of types) {
    const upstream = parseContentType(type);
    const expected = upstream === undefined ? undefined : upstream.binary ? "proto" : "json";
    assert.equal(codecOf(type), expected, type);
  }
});

test("every HTTP status has the code that Connect gives it", () => {
  for (let status = 100; status < 600; status++) {
    assert.equal(codeFromHttpStatus(status), upstreamCode(status), String(status));
  }
});

test("every reset has the code of gRPC's document, and an undefined one is UNKNOWN", () => {
  const { Internal, Unavailable, Canceled, ResourceExhausted, PermissionDenied } = Code;
  const special: Record<number, Code> = {
    0x7: Unavailable,
    0x8: Canceled,
    0xb: ResourceExhausted,
    0xc: PermissionDenied,
  };
  for (let code = 0; code <= 0xc; code++) {
    assert.equal(codeFromReset(code), special[code] ?? Internal, String(code));
  }
  assert.equal(codeFromReset(0xd), Code.Unknown);
  assert.equal(codeFromReset(0xffff_ffff), Code.Unknown);
});

test("repeated values are one field, and only set-cookie keeps its lines", () => {
  const headers = new Headers();
  for (const [name, value] of [
    ["x-a", "1"],
    ["x-a", "2"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["Blob-Bin", "AAE"],
  ] as const) {
    headers.append(name, value);
  }
  const fields: string[] = [];
  appendHeaders(fields, headers);
  assert.deepEqual(fields, [
    "blob-bin",
    "AAE",
    "set-cookie",
    "a=1",
    "set-cookie",
    "b=2",
    "x-a",
    "1, 2",
  ]);
  assert.deepEqual([...toHeaders(fields)], [...headers]);
});

test("pseudo-header fields are not metadata", () => {
  const headers = toHeaders([":method", "POST", ":path", "/a/B", "x-a", "1"]);
  assert.deepEqual([...headers], [["x-a", "1"]]);
});
