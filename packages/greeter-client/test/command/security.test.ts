import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { requirement } from "@privet/testkit";
import { Certificates, openssl } from "../peers/certificates.ts";
import type { CertificateFiles } from "../peers/certificates.ts";
import { privet, privetHere } from "../peers/privet.ts";
import { startRpcServer } from "../peers/rpc-server.ts";

const skip = requirement(openssl);
const greeting = "Ответ сервера: Привет, Мир!\n";
const token = "s3cret-token";

/** Runs the process to its end. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using program = privet(args, { env, input: "" });
  const { code, stdout, stderr } = await program.result;
  return { code, stdout, stderr };
}

suite("TLS", { skip }, () => {
  let certificates: Certificates;
  let server: CertificateFiles;
  let client: CertificateFiles;
  before(() => {
    certificates = new Certificates();
    server = certificates.issue("server", "DNS:localhost,IP:127.0.0.1");
    client = certificates.issue("client", "URI:spiffe://tests/client");
  });
  after(() => certificates?.[Symbol.dispose]());

  const greeted = { code: 0, stdout: greeting, stderr: "" };

  test("a server whose authority is given is called, by --tls, https:// and PRIVET_TLS", async () => {
    await using peer = await startRpcServer({ certificate: server });
    const ca = ["--ca", certificates.authority];
    assert.deepEqual(await run(["--address", peer.address, "--tls", ...ca]), greeted);
    assert.deepEqual(await run(["--address", `https://localhost:${peer.port}`, ...ca]), greeted);
    const env = {
      PRIVET_ADDRESS: peer.address,
      PRIVET_TLS: "on",
      PRIVET_CA: certificates.authority,
    };
    assert.deepEqual(await run([], env), greeted);
  });

  test("a server whose authority isn't known is refused, and --ca named", async () => {
    await using peer = await startRpcServer({ certificate: server });
    const { code, stdout, stderr } = await run(["--tls", "--address", peer.address]);
    assert.deepEqual({ code, stdout }, { code: 4, stdout: "" });
    assert.equal(
      stderr,
      `privet: сертификату ${peer.address} нет доверия: укажите удостоверяющий центр сервера в --ca\n`,
    );
  });

  test("a certificate for another name is refused, unless --server-name says which", async () => {
    const certificate = certificates.issue("elsewhere", "DNS:greeter.example");
    await using peer = await startRpcServer({ certificate });
    const args = ["--tls", "--ca", certificates.authority, "--address", peer.address];
    const { code, stderr } = await privetHere(args);
    assert.equal(code, 4);
    assert.match(stderr, /^privet: .+ (?:is for another name|выдан на другое имя): .+\n$/);
    assert.deepEqual(await run([...args, "--server-name", "greeter.example"]), greeted);
  });

  test("a server that wants a certificate gets the client's, and says what is missing without it", async () => {
    const clientAuthority = certificates.authority;
    await using peer = await startRpcServer({ certificate: server, clientAuthority });
    const args = ["--tls", "--ca", certificates.authority, "--address", peer.address];
    const own = ["--cert", client.cert, "--key", client.key];
    assert.deepEqual(await run([...args, ...own]), greeted);
    const { code, stdout, stderr } = await run(args, { LC_ALL: "en_US.UTF-8" });
    assert.deepEqual({ code, stdout }, { code: 4, stdout: "" });
    assert.match(stderr, /^privet: 127\S+ doesn't accept the client's certificate, .+--key.*\n$/);
  });

  test("a client's certificate of another authority is refused", async () => {
    using others = new Certificates();
    const stranger = others.issue("stranger", "DNS:stranger");
    const clientAuthority = certificates.authority;
    await using peer = await startRpcServer({ certificate: server, clientAuthority });
    const trust = ["--tls", "--ca", certificates.authority, "--address", peer.address];
    const end = await run([...trust, "--cert", stranger.cert, "--key", stranger.key]);
    assert.equal(end.code, 4);
    assert.match(end.stderr, /^privet: .+ рвёт связь из-за сертификата клиента: .+--cert.+\n$/);
  });

  test("a server without TLS, called with it, and the other way round, is told apart", async () => {
    await using plain = await startRpcServer();
    const withTls = await run(["--tls", "--address", plain.address]);
    assert.equal(withTls.code, 4);
    assert.match(withTls.stderr, /^privet: .+ отвечает не сервер gRPC с TLS, .+\n$/);
    await using secure = await startRpcServer({ certificate: server });
    const without = await run(["--address", secure.address]);
    assert.equal(without.code, 4);
    assert.match(without.stderr, /^privet: .+ отвечает не сервер gRPC без TLS: .+ --tls\n$/);
  });

  test("a token goes out over TLS: from the command line, a file and the environment", async () => {
    await using peer = await startRpcServer({ certificate: server, token });
    const args = ["--tls", "--ca", certificates.authority, "--address", peer.address];
    const file = certificates.file("token", `${token}\n`);
    assert.deepEqual(await run([...args, "--token", token]), greeted);
    assert.deepEqual(await run([...args, "--token-file", file]), greeted);
    assert.deepEqual(await run(args, { PRIVET_TOKEN: token }), greeted);
    assert.deepEqual(await run(args, { PRIVET_TOKEN_FILE: file }), greeted);
    const both = await run([...args, "--token", token], { PRIVET_TOKEN: "wrong" });
    assert.deepEqual(both, greeted);
  });

  test("files that can't be used are named, with what is wrong, before anything is called", async () => {
    const text = certificates.file("text.pem", "no PEM");
    const missing = certificates.file("missing.pem");
    const faults = [
      [["--ca", missing], `--ca «${missing}»: the file can't be read (ENOENT)`],
      [["--ca", text], `--ca «${text}»: this is not a certificate in PEM`],
      [
        ["--cert", client.cert],
        "--cert needs --key as well: a certificate and its key go together",
      ],
      [["--key", client.key], "--key needs --cert as well: a certificate and its key go together"],
      [["--cert", client.cert, "--key", text], `--key «${text}»: this is not a private key in PEM`],
      [
        ["--cert", client.cert, "--key", server.key],
        `--key «${server.key}»: this is not the key of the certificate «${client.cert}»`,
      ],
      [["--server-name", "a b"], "--server-name «a b»: this is not the name of a host"],
    ] as const;
    for (const [args, line] of faults) {
      const end = await privetHere(["--tls", ...args], { LC_ALL: "C" });
      const stderr = `privet: ${line} (see privet --help)\n`;
      assert.deepEqual(end, { code: 2, stdout: "", stderr });
    }
  });
});

suite("a token", () => {
  test("isn't sent without TLS unless that is asked for by name, and is never shown", async () => {
    await using peer = await startRpcServer({ token });
    const args = ["--address", peer.address];
    const refused = await run([...args, "--token", token]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^privet: --token: без TLS токен прочтёт любой по пути; .+\n$/);
    assert.ok(!refused.stderr.includes(token));
    const asked = await run([...args, "--token", token, "--plaintext-token"]);
    assert.deepEqual(asked, { code: 0, stdout: greeting, stderr: "" });
    const env = { PRIVET_TOKEN: token, PRIVET_PLAINTEXT_TOKEN: "on" };
    assert.equal((await run(args, env)).code, 0);
  });

  test("that the server doesn't accept, or that is missing, exits with 6", async () => {
    await using peer = await startRpcServer({ token });
    const args = ["--address", peer.address, "--plaintext-token"];
    for (const more of [[], ["--token", "wrong"]]) {
      const { code, stdout, stderr } = await run([...args, ...more], { LC_ALL: "C" });
      assert.deepEqual({ code, stdout }, { code: 6, stdout: "" });
      assert.match(
        stderr,
        /^privet: the server at \S+ wants to know who calls: .+--token-file.+\n$/,
      );
    }
  });
});
