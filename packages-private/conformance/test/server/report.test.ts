import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "../../src/server/report.ts";

const output = `Computed 576 config case permutations.
Running 536 tests with reference client for server config {HTTP_VERSION_1, PROTOCOL_CONNECT, TLS:true}...
Running 6 tests with reference client for server config {HTTP_VERSION_1, PROTOCOL_CONNECT, TLS:true (with client certs)}...
Running 156 tests with reference client (grpc) for server config {HTTP_VERSION_2, PROTOCOL_GRPC, TLS:false}...
FAILED: Basic/HTTPVersion:2/Protocol:PROTOCOL_GRPC/Codec:CODEC_PROTO/Compression:COMPRESSION_BR/TLS:false/unary/success:
\texpecting 2 response messages but instead got 0

Total cases: 698
697 passed, 1 failed
`;

test("cases are counted by HTTP version, protocol and TLS, and failures beside them", () => {
  const { passed, failed, groups } = readReport(output);
  assert.deepEqual({ passed, failed }, { passed: 697, failed: 1 });
  assert.deepEqual(groups, [
    { title: "Connect over HTTP/1.1, TLS", cases: 542, failed: 0 },
    { title: "gRPC over HTTP/2", cases: 156, failed: 1 },
  ]);
});

test("what the runner says of a failure is kept whole", () => {
  const { failures } = readReport(output);
  assert.match(failures, /^FAILED: Basic\/.*\n\texpecting 2 response messages but instead got 0\n/);
});

test("a run that broke off is an error, not a success without cases", () => {
  assert.throws(() => readReport("could not start the server"), /without a result/);
});
