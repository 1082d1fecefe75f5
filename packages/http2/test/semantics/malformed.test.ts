import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { HeaderList } from "../../src/hpack/field.ts";
import { checkRequest, checkResponse, checkTrailers } from "../../src/semantics/malformed.ts";
import { received } from "./received.ts";

const request = [":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "x"];
const response = [":status", "200"];

/** A message, and the token of what is wrong with it. */
type Row = readonly [name: string, list: HeaderList, token: string | undefined];

/** What is wrong with a field is wrong in every message. */
const fields: Row[] = [
  ["an upper-case name", ["X-a", "1"], "field_name_invalid"],
  ["an empty name", ["", "1"], "field_name_empty"],
  ["a name with a space", ["a b", "1"], "field_name_invalid"],
  ["a name that ends with a space", ["a ", "1"], "field_name_invalid"],
  ["a name with a colon inside", ["a:b", "1"], "field_name_invalid"],
  ["a name with a line feed", ["a\n", "1"], "field_name_invalid"],
  ["a name with NUL", ["a\0", "1"], "field_name_invalid"],
  ["a name with DEL", ["a\x7f", "1"], "field_name_invalid"],
  ["a name above ASCII", ["\xe9", "1"], "field_name_invalid"],
  ["a name with a comma", ["a,b", "1"], "field_name_invalid"],
  ["a name of all marks of a token", ["!#$%&'*+-.^_`|~", "1"], undefined],
  ["__proto__ as a name", ["__proto__", "1"], undefined],
  ["constructor as a name", ["constructor", "1"], undefined],
  ["a value with NUL", ["a", "1\x002"], "field_value_invalid"],
  ["a value with CR", ["a", "1\r2"], "field_value_invalid"],
  ["a value with LF", ["a", "1\n2"], "field_value_invalid"],
  ["a value that splits a response", ["a", "1\r\nset-cookie: b"], "field_value_invalid"],
  ["a value with another control character", ["a", "1\x012"], "field_value_invalid"],
  ["a value with DEL", ["a", "1\x7f2"], "field_value_invalid"],
  ["a value that begins with a space", ["a", " 1"], "field_value_padded"],
  ["a value that ends with a tab", ["a", "1\t"], "field_value_padded"],
  ["a value with a space and a tab inside", ["a", "1 \t2"], undefined],
  ["a value above ASCII", ["a", "\x80\xff"], undefined],
  ["an empty value", ["a", ""], undefined],
  ["an unknown pseudo-header", [":protocol", "websocket"], "unknown_pseudo_header"],
  ["a name of a colon alone", [":", "1"], "unknown_pseudo_header"],
  ["an upper-case pseudo-header", [":Method", "GET"], "unknown_pseudo_header"],
  ["connection", ["connection", "close"], "connection_specific_field"],
  ["keep-alive", ["keep-alive", "1"], "connection_specific_field"],
  ["proxy-connection", ["proxy-connection", "close"], "connection_specific_field"],
  ["transfer-encoding", ["transfer-encoding", "chunked"], "connection_specific_field"],
  ["upgrade", ["upgrade", "h2c"], "connection_specific_field"],
  ["te: trailers", ["te", "trailers"], undefined],
  ["te: Trailers", ["te", "Trailers"], undefined],
  ["te: gzip", ["te", "gzip"], "te_not_trailers"],
  ["te: trailers and more", ["te", "trailers, deflate"], "te_not_trailers"],
  ["te with nothing", ["te", ""], "te_not_trailers"],
  ["content-length", ["content-length", "12"], undefined],
  ["content-length of 15 digits", ["content-length", "999999999999999"], undefined],
  ["content-length of 16 digits", ["content-length", "9999999999999999"], "content_length_invalid"],
  ["content-length with a sign", ["content-length", "+1"], "content_length_invalid"],
  ["content-length below 0", ["content-length", "-1"], "content_length_invalid"],
  ["content-length in hexadecimal", ["content-length", "0x1"], "content_length_invalid"],
  ["content-length with a fraction", ["content-length", "1.0"], "content_length_invalid"],
  ["content-length with an exponent", ["content-length", "1e3"], "content_length_invalid"],
  ["content-length with nothing", ["content-length", ""], "content_length_invalid"],
  ["content-length as a list", ["content-length", "1, 1"], "content_length_invalid"],
  [
    "content-length twice, different",
    ["content-length", "1", "content-length", "2"],
    "repeated_content_length",
  ],
  [
    "content-length twice, the same",
    ["content-length", "1", "content-length", "1"],
    "repeated_content_length",
  ],
  ["host twice", ["host", "a", "host", "a"], "repeated_host"],
  ["host with userinfo", ["host", "user@a"], "authority_invalid"],
];

const requests: Row[] = [
  ["all pseudo-headers", request, undefined],
  ["in another order", [":path", "/a", ":scheme", "http", ":method", "GET"], undefined],
  ["any method", request.with(1, "BREW"), undefined],
  ["a method in lower case", request.with(1, "get"), undefined],
  ["no :method", request.slice(2), "method_missing"],
  ["no :scheme", request.toSpliced(2, 2), "scheme_missing"],
  ["no :path", request.toSpliced(4, 2), "path_missing"],
  ["no :authority", request.slice(0, 6), undefined],
  ["no fields at all", [], "method_missing"],
  ["an empty :method", request.with(1, ""), "method_invalid"],
  ["a :method with a space", request.with(1, "GET /"), "method_invalid"],
  ["an empty :scheme", request.with(3, ""), "scheme_invalid"],
  ["a :scheme with a colon", request.with(3, "http:"), "scheme_invalid"],
  ["an empty :path", request.with(5, ""), "path_invalid"],
  ["a :path without a slash", request.with(5, "greeter/SayHello"), "path_invalid"],
  ["a :path with a whole URL", request.with(5, "http://x/"), "path_invalid"],
  ["a :path with a space", request.with(5, "/a b"), "path_invalid"],
  ["a :path with a line feed", request.with(5, "/a\n"), "path_invalid"],
  ["a :path with two slashes", request.with(5, "//"), undefined],
  ["a :path with a query", request.with(5, "/?a=b%20c"), undefined],
  ["a :path above ASCII", request.with(5, "/\xe9"), undefined],
  ["an asterisk for another method", request.with(5, "*"), "path_invalid"],
  ["an asterisk for OPTIONS", request.with(5, "*").with(1, "OPTIONS"), undefined],
  ["an asterisk and more for OPTIONS", request.with(5, "*/").with(1, "OPTIONS"), "path_invalid"],
  ["an empty :authority", request.with(7, ""), undefined],
  ["an :authority of IPv6 with a port", request.with(7, "[::1]:50051"), undefined],
  ["an :authority with userinfo", request.with(7, "user@x"), "authority_invalid"],
  ["an :authority with a slash", request.with(7, "x/y"), "authority_invalid"],
  ["an :authority with a space", request.with(7, "x y"), "authority_invalid"],
  ...[":method", ":scheme", ":path", ":authority"].map((name, i): Row => {
    const repeated = [...request, name, request[i * 2 + 1] as string];
    return [`${name} twice`, repeated, "repeated_pseudo_header"];
  }),
  ["a pseudo-header after a field", ["a", "1", ...request], "pseudo_header_after_regular"],
  [
    "a pseudo-header between fields",
    [...request.slice(0, 6), "a", "1", ...request.slice(6), "b", "2"],
    "pseudo_header_after_regular",
  ],
  [":status", [...request, ":status", "200"], "status_in_request"],
  ["CONNECT", [":method", "CONNECT", ":authority", "x:1"], undefined],
  ["CONNECT with host alone", [":method", "CONNECT", "host", "x:1"], undefined],
  ["CONNECT without :authority", [":method", "CONNECT"], "authority_missing"],
  [
    "CONNECT with :path",
    [":method", "CONNECT", ":authority", "x", ":path", "/"],
    "scheme_or_path_with_connect",
  ],
  [
    "CONNECT with :scheme",
    [":method", "CONNECT", ":authority", "x", ":scheme", "http"],
    "scheme_or_path_with_connect",
  ],
];

const responses: Row[] = [
  [":status alone", response, undefined],
  ["an informational :status", [":status", "103"], undefined],
  ["the largest :status", [":status", "999"], undefined],
  ["no :status", ["a", "1"], "status_missing"],
  ["no fields at all", [], "status_missing"],
  [":status 101", [":status", "101"], "status_101"],
  ["a :status of two digits", [":status", "99"], "status_invalid"],
  ["a :status of four digits", [":status", "2000"], "status_invalid"],
  ["a :status that begins with 0", [":status", "099"], "status_invalid"],
  ["a :status with a reason", [":status", "200 OK"], "status_invalid"],
  ["a :status of letters", [":status", "abc"], "status_invalid"],
  ["an empty :status", [":status", ""], "status_invalid"],
  [":status twice", [...response, ...response], "repeated_pseudo_header"],
  [":status after a field", ["a", "1", ...response], "pseudo_header_after_regular"],
  [":method", [...response, ":method", "GET"], "request_pseudo_header_in_response"],
  [":path", [...response, ":path", "/"], "request_pseudo_header_in_response"],
];

const trailers: Row[] = [
  ["fields", ["grpc-status", "0"], undefined],
  ["no fields at all", [], undefined],
  [":status", [":status", "200"], "pseudo_header_in_trailers"],
  [":path", [":path", "/"], "pseudo_header_in_trailers"],
  [":status after a field", ["a", "1", ":status", "200"], "pseudo_header_after_regular"],
];

function table(
  name: string,
  rows: readonly Row[],
  check: (list: HeaderList) => string | undefined,
): void {
  suite(name, () => {
    for (const [what, list, token] of rows) {
      test(`${what}: ${token ?? "fine"}`, () => assert.equal(check(list), token));
    }
  });
}

table("RFC 9113 §8.3.1: a request", requests, (list) => checkRequest(received(list)));
table("RFC 9113 §8.3.2: a response", responses, (list) => checkResponse(received(list)));
table("RFC 9113 §8.1: trailers", trailers, (list) => checkTrailers(received(list)));
table("RFC 9113 §8.2: a field of a request", fields, (list) =>
  checkRequest(received([...request, ...list])),
);
table("RFC 9113 §8.2: a field of a response", fields, (list) =>
  checkResponse(received([...response, ...list])),
);
table("RFC 9113 §8.2: a field of trailers", fields, (list) => checkTrailers(received(list)));

test("a list that is too large is judged by what is there, and lacks nothing", () => {
  const tiny = { maxHeaderListSize: 100, maxHeaderFields: 128, headerAbuseFactor: 100 };
  const large = ["a", "x".repeat(200)];
  assert.equal(checkRequest(received(large, tiny)), undefined);
  assert.equal(checkResponse(received(large, tiny)), undefined);
  assert.equal(checkTrailers(received(large, tiny)), undefined);
  assert.equal(checkRequest(received(["A", "1", ...large], tiny)), "field_name_invalid");
});
