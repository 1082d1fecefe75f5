import { block, concat, data, headers } from "../testkit/frames.ts";
import { requestFields } from "../testkit/scripted.ts";
import { malformed, opened, replaced, with_, without } from "./requests.ts";
import { nothing, testRows } from "./row.ts";
import type { Row } from "./row.ts";

testRows("server", [
  // 8.1 Message framing
  {
    section: "8.1",
    says: "HEADERS in the middle of a message, without END_STREAM, are malformed",
    given: opened,
    send: [headers(1, ["a", "b"])],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "trailers end a message",
    given: opened,
    send: [data(1, "x"), headers(1, ["a", "b"], { endStream: true })],
    outcome: nothing,
  },
  ...[
    ["a pseudo-header in trailers", [":method", "POST"]],
    ["an unknown pseudo-header in trailers", [":test", "x"]],
    ["an upper-case name in trailers", ["Test", "x"]],
  ].map(([what, fields]): Row => ({
    section: "8.1",
    says: `${String(what)} is malformed`,
    given: opened,
    send: [headers(1, fields as string[], { endStream: true })],
    outcome: malformed,
  })),

  // 8.1.1 Malformed messages: content-length
  ...(
    [
      ["more data than content-length", "1", [data(1, "xy", { endStream: true })]],
      ["less data than content-length", "3", [data(1, "xy", { endStream: true })]],
      ["more data in several frames than content-length", "3", [data(1, "xy"), data(1, "zz")]],
      ["trailers before all of content-length", "3", [headers(1, ["a", "b"], { endStream: true })]],
    ] as const
  ).map(([what, length, frames]): Row => ({
    section: "8.1.1",
    says: `${what} is malformed`,
    send: [headers(1, with_("content-length", length)), ...frames],
    outcome: malformed,
  })),
  {
    section: "8.1.1",
    says: "content-length above 0 without a body is malformed",
    send: [headers(1, with_("content-length", "1"), { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "data as long as content-length is taken, padding not counted",
    send: [
      headers(1, with_("content-length", "4")),
      data(1, "xy", { padding: 9 }),
      data(1, "zz", { endStream: true }),
    ],
    outcome: nothing,
  },

  // 8.2, 8.3 Fields
  ...(
    [
      ["8.2.1", "an upper-case name", with_("Test", "x")],
      ["8.2.1", "an empty name", with_("", "x")],
      ["8.2.1", "a name with a space", with_("te st", "x")],
      ["8.2.1", "a name with a colon in it", with_("te:st", "x")],
      ["8.2.1", "a name above ASCII", with_("te\u00e9", "x")],
      ["8.2.1", "a value with CR", with_("test", "x\ry")],
      ["8.2.1", "a value with LF", with_("test", "x\ny")],
      ["8.2.1", "a value with NUL", with_("test", "x\0y")],
      ["8.2.1", "a value that begins with a space", with_("test", " x")],
      ["8.2.1", "a value that ends with a tab", with_("test", "x\t")],
      ["8.2.2", "connection", with_("connection", "keep-alive")],
      ["8.2.2", "keep-alive", with_("keep-alive", "1")],
      ["8.2.2", "proxy-connection", with_("proxy-connection", "1")],
      ["8.2.2", "transfer-encoding", with_("transfer-encoding", "chunked")],
      ["8.2.2", "upgrade", with_("upgrade", "h2c")],
      ["8.2.2", "te other than trailers", with_("te", "trailers, deflate")],
      ["8.3", "an unknown pseudo-header", [":test", "x", ...requestFields]],
      ["8.3", "a pseudo-header of responses", [":status", "200", ...requestFields]],
      ["8.3", "a pseudo-header after a regular field", ["a", "b", ...requestFields]],
      ["8.3", "two :method", [":method", "GET", ...requestFields]],
      ["8.3", "two :scheme", [":scheme", "http", ...requestFields]],
      ["8.3", "two :path", [":path", "/", ...requestFields]],
      ["8.3", "two :authority", [":authority", "a", ...requestFields]],
      ["8.3.1", "no :method", without(":method")],
      ["8.3.1", "no :scheme", without(":scheme")],
      ["8.3.1", "no :path", without(":path")],
      ["8.3.1", "an empty :path", replaced(":path", "")],
      ["8.3.1", "a :path without a slash", replaced(":path", "greeter/SayHello")],
      ["8.3.1", "an asterisk as :path of POST", replaced(":path", "*")],
      ["8.3.1", "userinfo in :authority", replaced(":authority", "me@localhost")],
      ["8.3.1", "two host fields", [...without(":authority"), "host", "a", "host", "b"]],
      ["8.5", "CONNECT with a path", replaced(":method", "CONNECT")],
      ["8.5", "CONNECT without an authority", [":method", "CONNECT"]],
      [
        "8.6 of RFC 9110",
        "two content-length fields",
        with_("content-length", "0", "content-length", "0"),
      ],
      ["8.6 of RFC 9110", "a negative content-length", with_("content-length", "-1")],
      ["8.6 of RFC 9110", "a content-length with a plus", with_("content-length", "+1")],
      ["8.6 of RFC 9110", "a content-length in hexadecimal", with_("content-length", "0x1")],
      ["8.6 of RFC 9110", "an empty content-length", with_("content-length", "")],
    ] as const
  ).map(([section, what, fields]): Row => ({
    section,
    says: `${what} makes a request malformed`,
    send: [headers(1, fields)],
    outcome: malformed,
  })),
  ...(
    [
      ["8.2.2", "te: trailers", with_("te", "trailers")],
      ["8.2.1", "octets above ASCII in a value", with_("test", "caf\u00e9")],
      ["8.2.1", "an empty value", with_("test", "")],
      ["8.2.3", "several cookie fields", with_("cookie", "a=1", "cookie", "b=2")],
      [
        "8.3.1",
        "OPTIONS of the asterisk",
        [":method", "OPTIONS", ":scheme", "http", ":path", "*", ":authority", "a"],
      ],
      ["8.3.1", "host instead of :authority", [...without(":authority"), "host", "a"]],
      ["8.5", "CONNECT with an authority alone", [":method", "CONNECT", ":authority", "a:443"]],
      ["8.2.1", "the names of Object's own", with_("__proto__", "x", "constructor", "y")],
    ] as const
  ).map(([section, what, fields]): Row => ({
    section,
    says: `${what} is fine in a request`,
    send: [headers(1, fields, { endStream: true })],
    outcome: nothing,
  })),

  // RFC 7541, as far as a connection sees it
  {
    section: "2.3.3 of RFC 7541",
    says: "an index beyond the tables is a connection error",
    send: [headers(1, Uint8Array.of(0xc6), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "index_too_large" },
  },
  {
    section: "4.2 of RFC 7541",
    says: "a table size update at the end of a block is a connection error",
    send: [headers(1, concat(block(requestFields), Uint8Array.of(0x21)), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "table_size_update_late" },
  },
  {
    section: "6.3 of RFC 7541",
    says: "a table size above our setting is a connection error",
    send: [headers(1, Uint8Array.of(0x3f, 0xe2, 0x1f), { endStream: true })],
    outcome: { goaway: "COMPRESSION_ERROR", token: "table_size_update_too_large" },
  },
]);
