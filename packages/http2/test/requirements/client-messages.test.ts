import { data, headers } from "../testkit/frames.ts";
import { requestFields, responseFields } from "../testkit/scripted.ts";
import type { Scripted } from "../testkit/scripted.ts";
import { nothing, testRows } from "./row.ts";
import type { Outcome, Row } from "./row.ts";

const malformed: Outcome = { reset: 1, code: "PROTOCOL_ERROR" };
const response = (...fields: readonly string[]): Uint8Array =>
  headers(1, [...responseFields, ...fields]);
const informational = headers(1, [":status", "103"]);
/** Stream 1 is half-closed (local): a request without a body. */
const requested = (peer: Scripted): void => void peer.open(requestFields, { endStream: true });

testRows("client", [
  // 8 Messages
  {
    section: "8.1",
    says: "DATA before the response's headers is malformed",
    given: requested,
    send: [data(1, "x")],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "DATA between an informational response and the final one is malformed",
    given: requested,
    send: [informational, data(1, "x")],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "an informational response doesn't end a stream",
    given: requested,
    send: [headers(1, [":status", "100"], { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "informational responses precede the final one",
    given: requested,
    send: [informational, informational, headers(1, responseFields, { endStream: true })],
    outcome: nothing,
  },
  {
    section: "8.1",
    says: "a second response is malformed",
    given: requested,
    send: [response(), response()],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: "trailers without END_STREAM are malformed",
    given: requested,
    send: [response(), data(1, "x"), headers(1, ["a", "b"])],
    outcome: malformed,
  },
  {
    section: "8.1",
    says: ":status in trailers is malformed",
    given: requested,
    send: [response(), headers(1, [":status", "200"], { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "more data than content-length is malformed",
    given: requested,
    send: [response("content-length", "1"), data(1, "xy")],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "less data than content-length is malformed",
    given: requested,
    send: [response("content-length", "3"), data(1, "xy", { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "content-length above 0 without a body is malformed",
    given: requested,
    send: [headers(1, [...responseFields, "content-length", "3"], { endStream: true })],
    outcome: malformed,
  },
  {
    section: "8.1.1",
    says: "the response to HEAD has no body, whatever its content-length says",
    given: (peer) => {
      const head = requestFields.map((field) => (field === "POST" ? "HEAD" : field));
      peer.open(head, { endStream: true });
    },
    send: [headers(1, [...responseFields, "content-length", "3"], { endStream: true })],
    outcome: nothing,
  },
  ...(["204", "304"] as const).map((status): Row => ({
    section: "8.1.1",
    says: `a response ${status} has no body, whatever its content-length says`,
    given: requested,
    send: [headers(1, [":status", status, "content-length", "3"], { endStream: true })],
    outcome: nothing,
  })),
  ...(
    [
      ["8.3.2", "no :status", ["a", "b"]],
      ["8.3.2", "two :status", [":status", "200", ":status", "200"]],
      ["8.3.2", "a :status of two digits", [":status", "20"]],
      ["8.3.2", "a :status of letters", [":status", "abc"]],
      ["8.3.2", "a :status below 100", [":status", "099"]],
      ["8.6", ":status 101", [":status", "101"]],
      ["8.3", "a pseudo-header of requests", [":status", "200", ":path", "/"]],
      ["8.3", ":status after a regular field", ["a", "b", ":status", "200"]],
      ["8.3", "an unknown pseudo-header", [":status", "200", ":reason", "ok"]],
      ["8.2.1", "an upper-case name", [":status", "200", "Server", "x"]],
      ["8.2.1", "a value with LF", [":status", "200", "server", "x\ny"]],
      ["8.2.2", "connection", [":status", "200", "connection", "close"]],
      ["8.2.2", "transfer-encoding", [":status", "200", "transfer-encoding", "chunked"]],
    ] as const
  ).map(([section, what, fields]): Row => ({
    section,
    says: `${what} makes a response malformed`,
    given: requested,
    send: [headers(1, fields)],
    outcome: malformed,
  })),
]);
