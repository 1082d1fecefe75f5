import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import type { TLSSocket } from "node:tls";
import { Code, ConnectError } from "@connectrpc/connect";
import { CertificateAuthority, openssl, requirement } from "@privet/testkit";
import type { Certificate } from "@privet/testkit";
import { peerKey, tlsCredentials } from "../../src/index.ts";
import type { ClientCertificates, Peer } from "../../src/index.ts";
import { createGreeterServer, protocols, TestClient } from "../testkit/serving.ts";
import type { Protocol } from "../testkit/serving.ts";

const skip = requirement(openssl);

for (const engine of ["privet", "node"] as const) {
  suite(`a secure port on the engine «${engine}»`, { skip }, () => {
    const authority = new CertificateAuthority();
    const own = authority.issueServer();
    const ada = authority.issue("Ada", "URI:spiffe://example.org/ada,DNS:ada.example");
    const strangers = new CertificateAuthority("strangers");
    const stranger = strangers.issue("Eve", "DNS:eve.example");
    after(() => {
      authority[Symbol.dispose]();
      strangers[Symbol.dispose]();
    });

    async function serveTls(clientCertificates: ClientCertificates): Promise<
      AsyncDisposable & {
        client: (as?: Certificate, protocol?: Protocol) => TestClient;
        port: number;
        peers: Peer[];
      }
    > {
      const peers: Peer[] = [];
      const { server } = createGreeterServer({
        greeter: {
          sayHello(_request, context) {
            peers.push(context.values.get(peerKey));
            return {};
          },
        },
      });
      const port = await server.addSecurePort(
        "127.0.0.1:0",
        tlsCredentials({
          privateKey: own.key,
          certificateChain: own.cert,
          rootCertificates: authority.certificate,
          clientCertificates,
        }),
        { engine },
      );
      await server.start();
      return {
        port,
        peers,
        client: (as, protocol) =>
          new TestClient(`https://localhost:${port}`, protocol, {
            ca: authority.certificate,
            ...(as !== undefined && { key: as.key, cert: as.cert }),
          }),
        [Symbol.asyncDispose]: () => server.stop(),
      };
    }

    for (const protocol of protocols) {
      test(`serves ${protocol}, and tells implementations what TLS knows`, async () => {
        await using serving = await serveTls("none");
        using client = serving.client(undefined, protocol);
        await client.greeter.sayHello({ name: "Ada" });
        const [peer] = serving.peers;
        assert.match(peer?.address ?? "", /^127\.0\.0\.1:\d+$/);
        assert.equal(peer?.httpVersion, protocol.endsWith("HTTP/1.1") ? "1.1" : "2.0");
        assert.equal(peer?.tls?.protocol, "TLSv1.3");
        assert.equal(peer?.tls?.serverName, "localhost");
        assert.equal(peer?.tls?.certificate, undefined);
      });

      test(`knows the owner of a required client certificate, over ${protocol}`, async () => {
        await using serving = await serveTls("required");
        using client = serving.client(ada, protocol);
        await client.greeter.sayHello({ name: "Ada" });
        const names = serving.peers[0]?.tls?.names;
        assert.deepEqual(names, {
          commonName: "Ada",
          dnsNames: ["ada.example"],
          uris: ["spiffe://example.org/ada"],
          emails: [],
          addresses: [],
        });
      });

      test(`takes no one without the required certificate, over ${protocol}`, async () => {
        await using serving = await serveTls("required");
        for (const as of [undefined, stranger]) {
          using client = serving.client(as, protocol);
          await assert.rejects(client.greeter.sayHello({ name: "Eve" }), ConnectError);
        }
        assert.deepEqual(serving.peers, []);
      });

      test(`takes anyone where a certificate is optional, but none that can't be verified, over ${protocol}`, async () => {
        await using serving = await serveTls("optional");
        using anyone = serving.client(undefined, protocol);
        await anyone.greeter.sayHello({ name: "anyone" });
        using known = serving.client(ada, protocol);
        await known.greeter.sayHello({ name: "Ada" });
        using forger = serving.client(stranger, protocol);
        await assert.rejects(forger.greeter.sayHello({ name: "Eve" }), ConnectError);
        assert.deepEqual(
          serving.peers.map((peer) => peer.tls?.names.commonName),
          [undefined, "Ada"],
        );
      });
    }

    test("speaks h2 and http/1.1 by ALPN, and nothing older than TLS 1.2", async () => {
      await using serving = await serveTls("none");
      for (const ALPNProtocols of [["h2"], ["http/1.1"], ["http/1.1", "h2"]]) {
        const socket = await handshake({
          port: serving.port,
          ca: authority.certificate,
          ALPNProtocols,
        });
        assert.equal(socket.alpnProtocol, ALPNProtocols.includes("h2") ? "h2" : "http/1.1");
        socket.destroy();
      }
      await assert.rejects(
        handshake({
          port: serving.port,
          ca: authority.certificate,
          minVersion: "TLSv1",
          maxVersion: "TLSv1.1",
          ciphers: "DEFAULT@SECLEVEL=0",
        }),
      );
    });

    test("a client without TLS is turned away", async () => {
      await using serving = await serveTls("none");
      using client = new TestClient(`http://localhost:${serving.port}`);
      await assert.rejects(
        client.greeter.sayHello({ name: "Ada" }),
        (error) => error instanceof ConnectError && error.code !== Code.Unknown,
      );
    });
  });
}

interface Handshake {
  readonly port: number;
  readonly ca: string;
  readonly ALPNProtocols?: string[];
  readonly minVersion?: "TLSv1";
  readonly maxVersion?: "TLSv1.1";
  readonly ciphers?: string;
}

function handshake(options: Handshake): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: "localhost", servername: "localhost", ...options }, () =>
      resolve(socket),
    );
    socket.once("error", reject);
  });
}
