import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ErrorCode } from "../../src/constants.ts";
import { Field, FieldKind, kindOf } from "../../src/hpack/field.ts";
import { ReceivedHeaders } from "../../src/semantics/headers.ts";
import { limits, received } from "./received.ts";

const request = [":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "x"];

test("the pseudo-headers are properties, and absent ones are empty", () => {
  const headers = received([...request, "content-length", "12"]);
  assert.equal(headers.method, "POST");
  assert.equal(headers.scheme, "http");
  assert.equal(headers.path, "/a");
  assert.equal(headers.authority, "x");
  assert.equal(headers.status, 0);
  assert.equal(headers.contentLength, 12);

  const response = received([":status", "404"]);
  assert.equal(response.status, 404);
  assert.equal(response.method, "");
  assert.equal(response.path, "");
  assert.equal(response.contentLength, -1);
});

test("fields are there in order, by place, and as a flat list", () => {
  const list = [...request, "b", "1", "a", "2", "b", "3"];
  const headers = received(list);
  assert.equal(headers.count, 7);
  assert.equal(headers.firstRegular, 4);
  assert.equal(headers.name(4), "b");
  assert.equal(headers.value(4), "1");
  assert.equal(headers.kind(0), FieldKind.METHOD);
  assert.equal(headers.kind(4), FieldKind.OTHER);
  assert.deepEqual(headers.snapshot(), list);
});

test("a place outside of the fields is a RangeError", () => {
  const headers = received(request);
  for (const place of [-1, 4, 0.5, Number.NaN]) {
    assert.throws(() => headers.name(place), RangeError);
    assert.throws(() => headers.value(place), RangeError);
    assert.throws(() => headers.kind(place), RangeError);
  }
});

test("get joins the values of one name, and knows none of Object's own", () => {
  const headers = received([...request, "a", "1", "b", "2", "a", "3", "a", ""]);
  assert.equal(headers.get("a"), "1, 3, ");
  assert.equal(headers.get("b"), "2");
  assert.equal(headers.get(":path"), "/a");
  for (const name of ["c", "__proto__", "constructor", "toString", ""]) {
    assert.equal(headers.get(name), undefined);
  }
  assert.equal(received(["__proto__", "1"]).get("__proto__"), "1");
});

test("the snapshot is the caller's own", () => {
  const headers = received(request);
  headers.snapshot().push("a", "1");
  assert.deepEqual(headers.snapshot(), request);
});

test("which fields were never to be indexed is known", () => {
  const headers = new ReceivedHeaders(limits);
  headers.field(new Field("a", "1", FieldKind.OTHER, false));
  headers.field(new Field("b", "2", FieldKind.OTHER, true));
  headers.seal();
  assert.deepEqual([headers.sensitive(0), headers.sensitive(1)], [false, true]);
});

suite("host", () => {
  test("is dropped beside :authority, whatever it says", () => {
    const headers = received([...request, "host", "other", "a", "1"]);
    assert.equal(headers.authority, "x");
    assert.equal(headers.get("host"), undefined);
    assert.deepEqual(headers.snapshot(), [...request, "a", "1"]);
  });

  test("becomes the authority where that is missing", () => {
    const headers = received([...request.slice(0, 6), "host", "y:1", "a", "1"]);
    assert.equal(headers.authority, "y:1");
    assert.deepEqual(headers.snapshot(), [...request.slice(0, 6), "a", "1"]);
  });

  test("is dropped beside an empty :authority too", () => {
    const headers = received([...request.with(7, ""), "host", "y"]);
    assert.equal(headers.authority, "");
    assert.equal(headers.get("host"), undefined);
  });
});

suite("RFC 9113 §8.2.3: cookie crumbs", () => {
  test("are one field, where the first of them was", () => {
    const headers = received([
      ...request,
      "cookie",
      "a=1",
      "b",
      "2",
      "cookie",
      "c=3",
      "cookie",
      "d=4",
    ]);
    assert.deepEqual(headers.snapshot(), [...request, "cookie", "a=1; c=3; d=4", "b", "2"]);
    assert.equal(headers.get("cookie"), "a=1; c=3; d=4");
  });

  test("are joined also where several are the very same field", () => {
    const headers = new ReceivedHeaders(limits);
    const crumb = new Field("cookie", "a=1", FieldKind.COOKIE, false);
    for (let i = 0; i < 3; i++) headers.field(crumb);
    headers.seal();
    assert.deepEqual(headers.snapshot(), ["cookie", "a=1; a=1; a=1"]);
  });

  test("one alone stays as it is", () => {
    assert.deepEqual(received(["cookie", "a=1"]).snapshot(), ["cookie", "a=1"]);
  });

  test("are sensitive when one of them was", () => {
    const headers = new ReceivedHeaders(limits);
    headers.field(new Field("cookie", "a=1", FieldKind.COOKIE, false));
    headers.field(new Field("cookie", "b=2", FieldKind.COOKIE, true));
    headers.seal();
    assert.equal(headers.sensitive(0), true);
  });
});

suite("limits", () => {
  const small = { maxHeaderListSize: 102, maxHeaderFields: 3, headerAbuseFactor: 4 };

  test("a list is as large as its octets and 32 for each field", () => {
    assert.equal(received(["a", "1", "b", "22"]).listSize, 34 + 35);
  });

  test("a list that fills them to the last octet and field isn't too large", () => {
    const headers = received(["a", "1", "b", "2", "c", "3"], small);
    assert.equal(headers.listSize, 102);
    assert.equal(headers.tooLarge, false);
    assert.equal(headers.count, 3);
  });

  test("an octet more is too large: the fields before it are kept", () => {
    const headers = received(["a", "1", "b", "2", "c", "33"], small);
    assert.equal(headers.tooLarge, true);
    assert.deepEqual(headers.snapshot(), ["a", "1", "b", "2"]);
    assert.equal(headers.listSize, 103);
  });

  test("a field more is too large, also where it is small", () => {
    const many = { maxHeaderListSize: 10_000, maxHeaderFields: 3, headerAbuseFactor: 4 };
    const headers = received(["a", "", "b", "", "c", "", "d", ""], many);
    assert.equal(headers.tooLarge, true);
    assert.equal(headers.count, 3);
  });

  test("every cookie crumb counts as a field", () => {
    const many = { maxHeaderListSize: 10_000, maxHeaderFields: 3, headerAbuseFactor: 4 };
    const crumbs = ["cookie", "a", "cookie", "b", "cookie", "c", "cookie", "d"];
    assert.equal(received(crumbs, many).tooLarge, true);
  });

  test("a small field after the one that was too large isn't kept either", () => {
    const headers = received(["a", "x".repeat(200), "b", "2"], small);
    assert.equal(headers.count, 0);
  });

  test("a list of the abuse factor's size still isn't the end, an octet more is", () => {
    const list = ["a", "x".repeat(407 - 32), "", ""];
    const headers = new ReceivedHeaders(small);
    headers.field(new Field("a", "x".repeat(375), FieldKind.OTHER, false));
    assert.equal(headers.listSize, 408);
    assert.throws(() => headers.field(new Field("", "", kindOf(""), false)), {
      name: "ConnectionError",
      code: ErrorCode.ENHANCE_YOUR_CALM,
      token: "header_list_way_too_large",
    });
    assert.throws(() => received(list, small), { token: "header_list_way_too_large" });
  });
});
