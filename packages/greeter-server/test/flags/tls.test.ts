import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, suite, test } from "node:test";
import { connect } from "node:tls";
import { Folder } from "../../../rpc-server/test/testkit/folder.ts";
import { failure } from "../outcome.ts";
import { call, openSession } from "../raw-call.ts";
import { portOf, run, runHere } from "../running.ts";
import { TlsClient } from "./tls-client.ts";

suite("certificates", { skip: requirement(openssl) }, () => {
  const authority = new CertificateAuthority();
  const stranger = new CertificateAuthority("somebody else");
  const folder = new Folder();
  const { key, cert } = authority.issueServer();
  const files = {
    cert: folder.write("server.pem", cert),
    key: folder.write("server.key", key),
    ca: folder.write("ca.pem", authority.certificate),
  };
  const tls = ["--tls-cert", files.cert, "--tls-key", files.key];
  const ca = authority.certificate;
  after(() => {
    authority[Symbol.dispose]();
    stranger[Symbol.dispose]();
    folder[Symbol.dispose]();
  });

  for (const engine of ["privet", "node"]) {
    test(`TLS serves who trusts the authority, and nobody without TLS (engine ${engine})`, async () => {
      await using server = runHere([...tls, "--engine", engine]);
      const port = await portOf(server);
      using client = new TlsClient(port, { ca });
      assert.equal((await client.greeter.sayHello({ name: "Анна" })).greeting, "Привет, Анна!");
      using distrustful = new TlsClient(port, { ca: stranger.certificate });
      await failure(distrustful.greeter.sayHello({ name: "Анна" }));
      const plain = await openSession(port);
      assert.equal((await call(plain, "SayHello").ended).trailers, undefined);
      server.signal("SIGTERM");
      assert.equal((await server.result).code, 0);
    });

    test(`clients need a certificate where an authority is given (engine ${engine})`, async () => {
      const mutual = [...tls, "--tls-client-ca", files.ca, "--engine", engine];
      await using server = runHere(mutual);
      const port = await portOf(server);
      using known = new TlsClient(port, { ca, ...authority.issue("anna", "DNS:anna") });
      assert.equal((await known.greeter.sayHello({ name: "Анна" })).greeting, "Привет, Анна!");
      using unknown = new TlsClient(port, { ca });
      await failure(unknown.greeter.sayHello({ name: "Анна" }));
      using forged = new TlsClient(port, { ca, ...stranger.issue("anna", "DNS:anna") });
      await failure(forged.greeter.sayHello({ name: "Анна" }));
    });
  }

  test("an optional certificate may be missing, and may not be forged", async () => {
    const mutual = [...tls, "--tls-client-ca", files.ca, "--tls-client-auth", "optional"];
    await using server = runHere(mutual);
    const port = await portOf(server);
    using unknown = new TlsClient(port, { ca });
    assert.equal((await unknown.greeter.sayHello({ name: "Анна" })).greeting, "Привет, Анна!");
    using forged = new TlsClient(port, { ca, ...stranger.issue("anna", "DNS:anna") });
    await failure(forged.greeter.sayHello({ name: "Анна" }));
  });

  test("a new certificate in the files is served without a restart", async () => {
    const first = authority.issue("first", "DNS:localhost");
    const rotated = {
      PRIVET_TLS_CERT: folder.write("rotated.pem", first.cert),
      PRIVET_TLS_KEY: folder.write("rotated.key", first.key),
    };
    await using server = runHere([], rotated);
    const port = await portOf(server);
    assert.equal(await servedName(port, ca), "first");
    const second = authority.issue("second", "DNS:localhost");
    folder.write("rotated.pem", second.cert);
    folder.write("rotated.key", second.key);
    await server.waitFor(/new certificates are in force/);
    assert.equal(await servedName(port, ca), "second");
  });

  const mistakes: readonly (readonly [args: string[], english: RegExp, russian: RegExp])[] = [
    [["--tls-cert", files.cert], /--tls-cert is given, and --tls-key is missing/, /не хватает/],
    [["--tls-key", files.key], /--tls-key is given, and --tls-cert is missing/, /не хватает/],
    [["--tls-client-ca", files.ca], /--tls-client-ca is given, and --tls-cert is/, /не хватает/],
    [
      [...tls, "--tls-client-auth", "required"],
      /--tls-client-auth is given, and --tls-client-ca is missing/,
      /не хватает --tls-client-ca/,
    ],
    [
      ["--tls-cert", files.cert, "--tls-key", folder.path("none.key")],
      /--tls-key.* can't be used: .*no such file.*none\.key/,
      /--tls-key.* не подходит/,
    ],
    [
      ["--tls-cert", files.key, "--tls-key", files.key],
      /--tls-cert.* can't be used: the certificate chain can't be used/,
      /--tls-cert.* не подходит/,
    ],
  ];

  for (const [args, english, russian] of mistakes) {
    test(`${String(english)} is said where it is so, and exits with 2`, async () => {
      for (const [locale, pattern] of [
        ["C", english],
        ["ru_RU.UTF-8", russian],
      ] as const) {
        await using server = run(args, { LC_ALL: locale });
        const { code, stdout, stderr } = await server.result;
        assert.equal(code, 2);
        assert.equal(stdout, "");
        assert.match(stderr, pattern);
        assert.equal(stderr.trim().split("\n").length, 1, stderr);
      }
    });
  }
});

/** The common name of the certificate that a new connection is shown. */
async function servedName(port: number, ca: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
