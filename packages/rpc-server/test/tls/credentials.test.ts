import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import { tlsCredentials, tlsCredentialsFromFiles } from "../../src/index.ts";
import { Folder } from "../testkit/folder.ts";

suite("credentials", { skip: requirement(openssl) }, () => {
  const authority = new CertificateAuthority();
  const { key, cert } = authority.issueServer();
  const other = authority.issueServer();
  after(() => authority[Symbol.dispose]());

  test("ask for client certificates where there is something to verify them with", () => {
    const plain = tlsCredentials({ privateKey: key, certificateChain: cert });
    assert.equal(plain.clientCertificates, "none");
    const mutual = tlsCredentials({
      privateKey: key,
      certificateChain: cert,
      rootCertificates: authority.certificate,
    });
    assert.equal(mutual.clientCertificates, "required");
  });

  for (const clientCertificates of ["optional", "required"] as const) {
    test(`${clientCertificates} client certificates without roots are a TypeError`, () => {
      assert.throws(
        () => tlsCredentials({ privateKey: key, certificateChain: cert, clientCertificates }),
        TypeError,
      );
    });
  }

  const broken: readonly (readonly [string, string, string, RegExp])[] = [
    ["a key that is no PEM", "key", cert, /private key can't be used/],
    ["a certificate that is no PEM", key, "certificate", /certificate chain can't be used/],
    ["half a certificate", key, cert.slice(0, cert.length / 2), /certificate chain can't be used/],
    ["another's key", other.key, cert, /private key is not that of the certificate/],
  ];
  for (const [what, privateKey, certificateChain, reason] of broken) {
    test(`${what} is refused with the reason`, async () => {
      await assert.rejects(tlsCredentials({ privateKey, certificateChain }).load(), reason);
    });
  }

  test("roots that can't be read are refused", async () => {
    const credentials = tlsCredentials({
      privateKey: key,
      certificateChain: cert,
      rootCertificates: "roots",
    });
    await assert.rejects(credentials.load(), /root certificates can't be used/);
  });

  test("a file that is missing is an error with its path", async () => {
    using folder = new Folder();
    const credentials = tlsCredentialsFromFiles({
      privateKeyFile: folder.path("no.key"),
      certificateChainFile: folder.write("server.pem", cert),
    });
    await assert.rejects(credentials.load(), { code: "ENOENT", message: /no\.key/ });
  });
});
