import assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import { suite, test } from "node:test";
import { subjectNames } from "../../src/tls/subject-names.ts";

function namesOf(subject: string, subjectAltName?: string): ReturnType<typeof subjectNames> {
  return subjectNames({ subject, subjectAltName } as X509Certificate);
}

suite("the names in a certificate", () => {
  test("are sorted by their kinds", () => {
    assert.deepEqual(
      namesOf(
        "O=Example\nCN=Ada",
        "DNS:a.example, URI:spiffe://example.org/a, IP Address:127.0.0.1, email:a@example.org, DNS:b.example",
      ),
      {
        commonName: "Ada",
        dnsNames: ["a.example", "b.example"],
        uris: ["spiffe://example.org/a"],
        emails: ["a@example.org"],
        addresses: ["127.0.0.1"],
      },
    );
  });

  test("are none where there are none", () => {
    const { commonName, dnsNames } = namesOf("O=Example");
    assert.equal(commonName, undefined);
    assert.deepEqual(dnsNames, []);
  });

  test("a value that looks like two names is one: Node quotes it", () => {
    const { dnsNames, uris } = namesOf(
      "CN=x",
      String.raw`URI:"http://x/, DNS:evil.example", DNS:"a\u0000b"`,
    );
    assert.deepEqual(uris, ["http://x/, DNS:evil.example"]);
    assert.deepEqual(dnsNames, ["a\0b"]);
  });

  test("are none where they can't be read to the end", () => {
    assert.deepEqual(namesOf("CN=x", 'DNS:a.example, DNS:"b').dnsNames, []);
    assert.deepEqual(namesOf("CN=x", "DNS:a.example, what").dnsNames, []);
  });

  test("two common names are none: which would count?", () => {
    assert.equal(namesOf("CN=a\nCN=b").commonName, undefined);
  });
});
