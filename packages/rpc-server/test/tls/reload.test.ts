import assert from "node:assert/strict";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { after, suite, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import type { Certificate } from "@privet/testkit";
import { tlsCredentialsFromFiles } from "../../src/index.ts";
import type { PortOptions, ServerCredentials } from "../../src/index.ts";
import { Folder } from "../testkit/folder.ts";
import type { RecordingLogger } from "../testkit/recording-logger.ts";
import { createGreeterServer, TestClient } from "../testkit/serving.ts";

type Engine = NonNullable<PortOptions["engine"]>;

async function serveFiles(
  credentials: ServerCredentials,
  engine: Engine,
): Promise<AsyncDisposable & { port: number; logger: RecordingLogger }> {
  const { server, logger } = createGreeterServer();
  const port = await server.addSecurePort("127.0.0.1:0", credentials, { engine });
  await server.start();
  return { port, logger, [Symbol.asyncDispose]: () => server.stop() };
}

function put(folder: Folder, { key, cert }: Certificate): ServerCredentials {
  return tlsCredentialsFromFiles({
    privateKeyFile: folder.write("server.key", key),
    certificateChainFile: folder.write("server.pem", cert),
  });
}

for (const engine of ["privet", "node"] as const) {
  suite(`certificates in files, on the engine «${engine}»`, { skip: requirement(openssl) }, () => {
    const authority = new CertificateAuthority();
    const first = authority.issue("first", "DNS:localhost");
    const second = authority.issue("second", "DNS:localhost");
    const expired = authority.issue("expired", "DNS:localhost", -1);
    after(() => authority[Symbol.dispose]());

    test("new ones are used by new connections, while an open one goes on", async () => {
      using folder = new Folder();
      await using serving = await serveFiles(put(folder, first), engine);
      using client = new TestClient(`https://localhost:${serving.port}`, "gRPC", {
        ca: authority.certificate,
      });
      await client.greeter.sayHello({ name: "Ada" });
      assert.equal(await servedName(serving.port, authority), "first");
      put(folder, second);
      await serving.logger.waitFor(/new certificates are in force/);
      assert.equal(await servedName(serving.port, authority), "second");
      await client.greeter.sayHello({ name: "Ada" });
    });

    test("a session of before isn't resumed: every client is verified anew", async () => {
      using folder = new Folder();
      await using serving = await serveFiles(put(folder, first), engine);
      const session = await openSession(serving.port, authority);
      assert.equal((await openSession(serving.port, authority, session.ticket)).reused, true);
      put(folder, second);
      await serving.logger.waitFor(/new certificates are in force/);
      assert.equal((await openSession(serving.port, authority, session.ticket)).reused, false);
    });

    test("a link that is swapped, as Kubernetes does, brings new ones", async () => {
      using folder = new Folder();
      for (const [name, { key, cert }] of Object.entries({ first, second })) {
        mkdirSync(folder.path(name));
        writeFileSync(folder.path(`${name}/tls.key`), key);
        writeFileSync(folder.path(`${name}/tls.crt`), cert);
      }
      symlinkSync("first", folder.path("..data"));
      symlinkSync("..data/tls.key", folder.path("tls.key"));
      symlinkSync("..data/tls.crt", folder.path("tls.crt"));
      await using serving = await serveFiles(
        tlsCredentialsFromFiles({
          privateKeyFile: folder.path("tls.key"),
          certificateChainFile: folder.path("tls.crt"),
        }),
        engine,
      );
      assert.equal(await servedName(serving.port, authority), "first");
      symlinkSync("second", folder.path("..data_tmp"));
      renameSync(folder.path("..data_tmp"), folder.path("..data"));
      await serving.logger.waitFor(/new certificates are in force/);
      assert.equal(await servedName(serving.port, authority), "second");
    });

    const refused: readonly (readonly [string, string, RegExp])[] = [
      ["a broken file", "-----BEGIN CERTIFICATE-----\nbroken\n", /certificate chain can't be used/],
      ["another's certificate", second.cert, /private key is not that of the certificate/],
    ];
    for (const [what, cert, reason] of refused) {
      test(`${what} is refused with a logged reason, and the old one serves on`, async () => {
        using folder = new Folder();
        await using serving = await serveFiles(put(folder, first), engine);
        folder.write("server.pem", cert);
        const { level, message } = await serving.logger.waitFor(/new certificates are refused/);
        assert.equal(level, "error");
        assert.match(message, reason);
        assert.equal(await servedName(serving.port, authority), "first");
        // And when it is mended, it is used.
        put(folder, second);
        await serving.logger.waitFor(/new certificates are in force/);
        assert.equal(await servedName(serving.port, authority), "second");
      });
    }

    test("a certificate that is over is refused", async () => {
      using folder = new Folder();
      await using serving = await serveFiles(put(folder, first), engine);
      put(folder, expired);
      await serving.logger.waitFor(/new certificates are refused.*was valid until/);
      assert.equal(await servedName(serving.port, authority), "first");
    });

    test("they are read again every pollMs, where the system doesn't tell of changes", async () => {
      using folder = new Folder();
      const files = tlsCredentialsFromFiles({
        privateKeyFile: folder.write("server.key", first.key),
        certificateChainFile: folder.write("server.pem", first.cert),
        pollMs: 20,
      });
      let current = first;
      // Nothing in the folder changes.
      const credentials: ServerCredentials = {
        ...files,
        async load() {
          const material = await files.load();
          return { ...material, privateKey: current.key, certificateChain: current.cert };
        },
      };
      await using serving = await serveFiles(credentials, engine);
      current = second;
      await serving.logger.waitFor(/new certificates are in force/);
      assert.equal(await servedName(serving.port, authority), "second");
    });
  });
}

/** The common name of the certificate that a new connection is shown. */
function servedName(port: number, { certificate }: CertificateAuthority): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", servername: "localhost", port, ca: certificate };
    const socket = tlsConnect({ ...options, ALPNProtocols: ["h2"] }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** A handshake, with the session that it leaves for the next, and whether it was one itself. */
function openSession(
  port: number,
  { certificate }: CertificateAuthority,
  session?: Buffer,
): Promise<{ ticket: Buffer; reused: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({
      host: "localhost",
      servername: "localhost",
      port,
      ca: certificate,
      ALPNProtocols: ["h2"],
      ...(session !== undefined && { session }),
    });
    const done = (ticket: Buffer): void => {
      resolve({ ticket, reused: socket.isSessionReused() });
      socket.destroy();
    };
    if (session === undefined) {
      socket.once("session", done);
    } else {
      socket.once("secureConnect", () => done(session));
    }
    socket.once("error", reject);
  });
}
