import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress } from "../src/address.ts";
import { parseTarget, type Target } from "../src/target.ts";

function shown(target: Target): string {
  if (target.kind === "dns") {
    return `dns ${target.nameServer ?? "-"} ${target.host} ${target.srv ? "srv" : target.port}`;
  }
  if (target.kind === "addresses") return target.addresses.map(formatAddress).join(" ");
  return `own ${target.scheme} ${target.server || "-"} ${target.endpoint}`;
}

const good: readonly (readonly [text: string, means: string, authority: string])[] = [
  ["greeter", "dns - greeter 443", "greeter"],
  ["greeter:50051", "dns - greeter 50051", "greeter:50051"],
  ["localhost:50051", "dns - localhost 50051", "localhost:50051"],
  [
    "greeter.default.svc.cluster.local.:80",
    "dns - greeter.default.svc.cluster.local. 80",
    "greeter.default.svc.cluster.local.:80",
  ],
  ["dns:greeter", "dns - greeter 443", "greeter"],
  ["dns:greeter:50051", "dns - greeter 50051", "greeter:50051"],
  ["dns:/greeter", "dns - greeter 443", "greeter"],
  ["dns:///greeter:50051", "dns - greeter 50051", "greeter:50051"],
  ["DNS:///Greeter", "dns - Greeter 443", "Greeter"],
  ["dns://10.0.0.2/greeter", "dns 10.0.0.2:53 greeter 443", "greeter"],
  ["dns://10.0.0.2:5353/greeter:1", "dns 10.0.0.2:5353 greeter 1", "greeter:1"],
  ["dns://[::1]:5353/greeter", "dns [::1]:5353 greeter 443", "greeter"],
  ["dns:///bücher.example:80", "dns - xn--bcher-kva.example 80", "xn--bcher-kva.example:80"],
  ["dns:///_grpc._tcp.greeter.example", "dns - _grpc._tcp.greeter.example srv", "greeter.example"],
  ["dns:///10.0.0.1:50051", "10.0.0.1:50051", "10.0.0.1:50051"],
  ["10.0.0.1", "10.0.0.1:443", "10.0.0.1"],
  ["::1", "[::1]:443", "[::1]"],
  ["fe80::1%eth0", "[fe80::1%eth0]:443", "[fe80::1%eth0]"],
  ["[::1]:50051", "[::1]:50051", "[::1]:50051"],
  ["ipv4:10.0.0.1", "10.0.0.1:443", "10.0.0.1"],
  ["ipv4:10.0.0.1:1,10.0.0.2:2,10.0.0.3", "10.0.0.1:1 10.0.0.2:2 10.0.0.3:443", "10.0.0.1:1"],
  ["ipv4:///10.0.0.1:1", "10.0.0.1:1", "10.0.0.1:1"],
  ["ipv6:[::1]:1,::2", "[::1]:1 [::2]:443", "[::1]:1"],
  ["unix:greeter.sock", "unix:greeter.sock", "localhost"],
  ["unix:/run/a b%20c", "unix:/run/a b%20c", "localhost"],
  ["unix:///run/a%20b", "unix:/run/a b", "localhost"],
  ["unix-abstract:greeter", "unix-abstract:greeter", "localhost"],
  ["https://greeter.example", "dns - greeter.example 443", "greeter.example"],
  ["http://greeter.example:8080/", "dns - greeter.example 8080", "greeter.example:8080"],
  ["http://10.0.0.1", "10.0.0.1:80", "10.0.0.1"],
  ["http://[::1]:8080", "[::1]:8080", "[::1]:8080"],
];

for (const [text, means, authority] of good) {
  test(`${text} is ${means}`, () => {
    const target = parseTarget(text);
    assert.equal(shown(target), means);
    assert.equal(target.authority, authority);
    assert.equal(target.text, text);
  });
}

test("a URL says whether there is TLS, and what goes before the methods' paths", () => {
  const { tls, pathPrefix } = parseTarget("https://greeter.example/api/v1/");
  assert.deepEqual({ tls, pathPrefix }, { tls: true, pathPrefix: "/api/v1" });
  assert.equal(parseTarget("http://greeter.example/").tls, false);
  assert.equal(parseTarget("http://greeter.example/").pathPrefix, "");
  assert.equal(parseTarget("dns:greeter").tls, undefined);
});

test("schemes of one's own go before ours, and get all that is behind theirs", () => {
  const own = ["etcd", "xds", "http"];
  assert.equal(
    shown(parseTarget("etcd://10.0.0.1:2379/greeter", own)),
    "own etcd 10.0.0.1:2379 greeter",
  );
  assert.equal(shown(parseTarget("etcd:///a/b", own)), "own etcd - a/b");
  assert.equal(shown(parseTarget("etcd:greeter", own)), "own etcd - greeter");
  assert.equal(shown(parseTarget("xds:///greeter", own)), "own xds - greeter");
  assert.equal(shown(parseTarget("http://greeter/x", own)), "own http greeter x");
  assert.equal(parseTarget("etcd:///a b/c?d", own).authority, "a%20b%2Fc%3Fd");
});

const bad: readonly (readonly [text: string, wrong: RegExp])[] = [
  ["", /there is no host/],
  [":50051", /there is no host/],
  ["dns:", /there is no host/],
  ["dns:///", /there is no host/],
  ["dns://10.0.0.2", /followed by a slash and the name/],
  ["dns://ns.example/greeter", /of the name server, «ns\.example» is no IP address/],
  ["greeter:0", /«0» is no port from 1 to 65535/],
  ["greeter:65536", /«65536» is no port/],
  ["greeter:", /«» is no port/],
  ["greeter:http", /«http» is no port/],
  ["greeter:50 051", /is no port/],
  ["a b:50051", /«a b» is no host name/],
  ["greeter/path", /is no host name/],
  ["user@greeter:1", /is no host name/],
  [`${"a".repeat(254)}:1`, /is no host name/],
  ["::1:50051:", /\[::1\]:50051/],
  ["[greeter]:1", /«greeter» in brackets is no IPv6 address/],
  ["[::1", /is no host name|\[::1\]:50051/],
  ["dns:///_grpc._tcp.greeter:1", /leave the port out/],
  ["ipv4:greeter:1", /«greeter» is no IP address/],
  ["ipv4:[::1]:1", /«::1» is no IPv4 address/],
  ["ipv6:10.0.0.1:1", /«10\.0\.0\.1» is no IPv6 address/],
  ["ipv4:", /there is no host/],
  ["ipv4:10.0.0.1,,10.0.0.2", /there is no host/],
  ["unix:", /there is no path/],
  ["unix://relative", /unix:relative\/path or unix:\/\/\/absolute\/path/],
  ["unix:///a%zz", /two hexadecimal digits/],
  [`unix:/${"a".repeat(107)}`, /at most 107 octets/],
  ["unix:/a\0b", /has a NUL/],
  ["unix-abstract:", /there is no name/],
  ["vsock:1:2", /vsock/],
  ["xds:///greeter", /xDS needs a resolver of its own/],
  ["etcd://10.0.0.1/greeter", /no resolver for «etcd»; known are dns, ipv4/],
  ["http://", /no URL/],
  ["https://user:secret@greeter", /credentials have no place/],
  ["https://greeter?x=1", /ends with its path/],
  ["https://greeter:0", /no port/],
];

for (const [text, wrong] of bad) {
  test(`${JSON.stringify(text.slice(0, 40))} is refused with ${String(wrong)}`, () => {
    assert.throws(
      () => parseTarget(text),
      (error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, /is no target: /);
        assert.match(error.message, wrong);
        return true;
      },
    );
  });
}

test("an own scheme with nothing behind it is refused", () => {
  assert.throws(() => parseTarget("etcd://10.0.0.1/", ["etcd"]), /nothing behind its scheme/);
});

test("whatever the text, it is a target or a TypeError", () => {
  const parts = [
    "dns:",
    "ipv4:",
    "unix:",
    "//",
    "/",
    ":",
    "[",
    "]",
    "::1",
    "10.0.0.1",
    "a",
    "%",
    ",",
    "0",
    "é",
    "_grpc._tcp.",
    "http:",
    "@",
    "?",
    " ",
    "\n",
  ];
  let state = 1;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647);
  for (let i = 0; i < 100_000; i++) {
    const text = Array.from({ length: next() % 6 }, () => parts[next() % parts.length]).join("");
    try {
      const target = parseTarget(text);
      assert.notEqual(target.authority, "");
      if (target.kind === "dns") assert.match(target.host, /^[a-z0-9_.-]+$/i);
    } catch (error) {
      assert.ok(error instanceof TypeError, `${text}: ${String(error)}`);
      assert.equal(error.message.includes("is no target: "), true);
    }
  }
});
