import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Cors } from "../../src/port/cors.ts";
import type { CorsRequest } from "../../src/port/cors.ts";

function request(method: string, headers: Record<string, string>): CorsRequest {
  return { method, header: (name) => headers[name] };
}

function preflightFrom(origin: string): CorsRequest {
  return request("OPTIONS", { origin, "access-control-request-method": "POST" });
}

function read(fields: readonly string[] | undefined): Record<string, string> {
  assert.ok(fields);
  const pairs = fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]]] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}

suite("CORS", () => {
  const cors = new Cors({
    origins: ["https://app.example"],
    allowedHeaders: ["authorization"],
    exposedHeaders: ["x-request-id"],
    maxAgeSeconds: 60,
  });

  test("a preflight from a listed origin may use the protocols' methods and headers, and the listed ones", () => {
    const fields = read(cors.preflight(preflightFrom("https://app.example")));
    assert.equal(fields["access-control-allow-origin"], "https://app.example");
    assert.equal(fields["access-control-allow-methods"], "POST, GET");
    assert.match(fields["access-control-allow-headers"] ?? "", /Connect-Protocol-Version/i);
    assert.match(fields["access-control-allow-headers"] ?? "", /X-Grpc-Web/i);
    assert.match(fields["access-control-allow-headers"] ?? "", /authorization$/);
    assert.equal(fields["access-control-max-age"], "60");
    assert.equal(fields["vary"], "origin");
    assert.equal(fields["access-control-allow-credentials"], undefined);
  });

  test("a preflight from any other origin is answered without a permission", () => {
    assert.deepEqual(read(cors.preflight(preflightFrom("https://evil.example"))), {
      vary: "origin",
    });
  });

  test("a response lets the page read what the protocols put into headers", () => {
    const fields = read(cors.response(request("POST", { origin: "https://app.example" })));
    assert.equal(fields["access-control-allow-origin"], "https://app.example");
    assert.match(fields["access-control-expose-headers"] ?? "", /grpc-status.*x-request-id$/i);
  });

  test("OPTIONS without a requested method is no preflight", () => {
    assert.equal(cors.preflight(request("OPTIONS", { origin: "https://app.example" })), undefined);
  });

  test("a request that no page makes gets nothing but the word that answers differ by origin", () => {
    assert.deepEqual(cors.response(request("POST", {})), ["vary", "origin"]);
    assert.deepEqual(new Cors({ origins: "*" }).response(request("POST", {})), []);
  });

  test("every origin may call where * is asked for", () => {
    const fields = read(new Cors({ origins: "*" }).preflight(preflightFrom("https://any.example")));
    assert.equal(fields["access-control-allow-origin"], "*");
    assert.equal(fields["vary"], undefined);
  });

  test("a function decides about origins, and credentials are allowed to those it allows", () => {
    const own = new Cors({ origins: (origin) => origin.endsWith(".example"), credentials: true });
    const fields = read(own.response(request("POST", { origin: "https://b.example" })));
    assert.equal(fields["access-control-allow-origin"], "https://b.example");
    assert.equal(fields["access-control-allow-credentials"], "true");
  });

  test("credentials for every origin are refused: any page could act for its visitors", () => {
    assert.throws(() => new Cors({ origins: "*", credentials: true }), TypeError);
  });
});
