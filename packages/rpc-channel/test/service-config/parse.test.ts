import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { roundRobin } from "../../src/balancer/round-robin.ts";
import { balancerTable } from "../../src/balancer/table.ts";
import { parseServiceConfig } from "../../src/service-config/parse.ts";
import type { ServiceConfig } from "../../src/service-config/service-config.ts";
import { ServiceConfigError } from "../../src/service-config/service-config-error.ts";

function parse(json: unknown): ServiceConfig {
  return parseServiceConfig(json, balancerTable);
}

const retryPolicy = {
  maxAttempts: 4,
  initialBackoff: "0.1s",
  maxBackoff: "1.5s",
  backoffMultiplier: 2,
  retryableStatusCodes: ["UNAVAILABLE", "resource_exhausted", 4],
};

test("an empty config says nothing", () => {
  const config = parse({});
  assert.equal(config.balancer, undefined);
  assert.equal(config.retryThrottling, undefined);
  assert.equal(config.healthCheckService, undefined);
  assert.deepEqual(config.ignored, []);
  assert.deepEqual(config.methods.for("/a.B/C"), {
    waitForReady: undefined,
    timeoutMs: undefined,
    maxRequestMessageBytes: undefined,
    maxResponseMessageBytes: undefined,
    retryPolicy: undefined,
  });
});

test("a method gets its own config, else its service's, else that of all", () => {
  const { methods } = parse({
    methodConfig: [
      { name: [{ service: "a.B", method: "C" }], timeout: "1s" },
      { name: [{ service: "a.B" }, { service: "a.D", method: "" }], timeout: "2s" },
      { name: [{}], timeout: "3s" },
    ],
  });
  const timeouts = ["/a.B/C", "/a.B/X", "/a.D/X", "/a.E/X", "/a.B.C/X"].map(
    (path) => methods.for(path).timeoutMs,
  );
  assert.deepEqual(timeouts, [1_000, 2_000, 2_000, 3_000, 3_000]);
});

test("a more special config replaces the whole of a more general one", () => {
  const { methods } = parse({
    methodConfig: [
      { name: [{}], timeout: "3s", waitForReady: true },
      { name: [{ service: "a.B" }], maxRequestMessageBytes: 10 },
    ],
  });
  assert.equal(methods.for("/a.B/C").timeoutMs, undefined);
  assert.equal(methods.for("/a.B/C").waitForReady, undefined);
});

test("everything that a method's config can say is read", () => {
  const { methods, ignored } = parse({
    methodConfig: [
      {
        name: [{ service: "a.B" }],
        waitForReady: true,
        timeout: "0.5s",
        maxRequestMessageBytes: 5,
        maxResponseMessageBytes: "4294967295",
        retryPolicy,
      },
    ],
  });
  assert.deepEqual(methods.for("/a.B/C"), {
    waitForReady: true,
    timeoutMs: 500,
    maxRequestMessageBytes: 5,
    maxResponseMessageBytes: 4_294_967_295,
    retryPolicy: {
      maxAttempts: 4,
      initialBackoffMs: 100,
      maxBackoffMs: 1_500,
      backoffMultiplier: 2,
      retryableCodes: new Set([Code.Unavailable, Code.ResourceExhausted, Code.DeadlineExceeded]),
    },
  });
  assert.deepEqual(ignored, []);
});

function timeoutOf(timeout: string): number | undefined {
  return parse({ methodConfig: [{ name: [{}], timeout }] }).methods.for("/a.B/C").timeoutMs;
}

test("durations are exact to the nanosecond", () => {
  assert.equal(timeoutOf("1s"), 1_000);
  assert.equal(timeoutOf("0.07s"), 70);
  assert.equal(timeoutOf("1.000000001s"), 1_000.000001);
  assert.equal(timeoutOf("0.000001s"), 0.001);
  assert.equal(timeoutOf("315576000000s"), 315_576_000_000_000);
  assert.equal(timeoutOf("0s"), 0);
});

test("the first balancer that is known is taken, with its settings", () => {
  const { balancer } = parse({
    loadBalancingConfig: [
      { weighted_round_robin: {} },
      { least_request_experimental: { choiceCount: 3 } },
      { round_robin: {} },
    ],
  });
  assert.equal(balancer?.policy.name, "least_request_experimental");
});

function key(shuffleAddressList: boolean): string | undefined {
  return parse({ loadBalancingConfig: [{ pick_first: { shuffleAddressList } }] }).balancer?.key;
}

test("the same settings have the same key, and others another", () => {
  assert.equal(key(true), key(true));
  assert.notEqual(key(true), key(false));
});

test("the older loadBalancingPolicy is read in any case, and yields to loadBalancingConfig", () => {
  assert.equal(parse({ loadBalancingPolicy: "ROUND_ROBIN" }).balancer?.policy.name, "round_robin");
  const both = parse({
    loadBalancingPolicy: "round_robin",
    loadBalancingConfig: [{ pick_first: {} }],
  });
  assert.equal(both.balancer?.policy.name, "pick_first");
});

test("throttling and health checks are read", () => {
  const config = parse({
    retryThrottling: { maxTokens: 10, tokenRatio: 0.12345 },
    healthCheckConfig: { serviceName: "" },
  });
  assert.deepEqual(config.retryThrottling, { maxTokens: 10, tokenRatio: 0.123 });
  assert.equal(config.healthCheckService, "");
  assert.equal(parse({ healthCheckConfig: {} }).healthCheckService, undefined);
});

test("what means nothing to us is ignored and named, so that typing errors can be found", () => {
  const { ignored } = parse({
    methodConfig: [
      { name: [{ service: "a.B", metod: "C" }], maxRequestBytes: 5, hedgingPolicy: {} },
      { name: [{}], retryPolicy: { ...retryPolicy, maxAtempts: 3 } },
    ],
    loadBalancingConfig: [{ round_robin: { shuffle: true } }],
    connectionScaling: {},
  });
  assert.deepEqual([...ignored].sort(), [
    "$.connectionScaling",
    "$.loadBalancingConfig[0].round_robin.shuffle",
    "$.methodConfig[0].hedgingPolicy",
    "$.methodConfig[0].maxRequestBytes",
    "$.methodConfig[0].name[0].metod",
    "$.methodConfig[1].retryPolicy.maxAtempts",
  ]);
});

test("null is the same as missing", () => {
  assert.deepEqual(parse({ methodConfig: null, loadBalancingConfig: null }).ignored, []);
});

const all = [{}];
const wrong: readonly (readonly [json: unknown, path: string, message: RegExp])[] = [
  [undefined, "$", /undefined is wrong: give an object/],
  ["{}", "$", /give an object/],
  [[], "$", /give an object/],
  [{ methodConfig: {} }, "$.methodConfig", /\{\} is wrong: give a list/],
  [{ methodConfig: [{}] }, "$.methodConfig[0]", /«name» is missing: give the methods/],
  [
    { methodConfig: [{ name: [{ method: "C" }] }] },
    "$.methodConfig[0].name[0]",
    /give a service beside the method/,
  ],
  [
    { methodConfig: [{ name: [{ service: 1 }] }] },
    "$.methodConfig[0].name[0].service",
    /1 is wrong: give a string/,
  ],
  [
    { methodConfig: [{ name: all }, { name: all }] },
    "$.methodConfig[1].name[0]",
    /that has no config yet/,
  ],
  [
    { methodConfig: [{ name: all, timeout: "5" }] },
    "$.methodConfig[0].timeout",
    /"5" is wrong: give seconds, as in "5s"/,
  ],
  [{ methodConfig: [{ name: all, timeout: 5 }] }, "$.methodConfig[0].timeout", /give seconds/],
  [{ methodConfig: [{ name: all, timeout: "-1s" }] }, "$.methodConfig[0].timeout", /give seconds/],
  [
    { methodConfig: [{ name: all, timeout: "1.0000000001s" }] },
    "$.methodConfig[0].timeout",
    /give seconds/,
  ],
  [
    { methodConfig: [{ name: all, waitForReady: "yes" }] },
    "$.methodConfig[0].waitForReady",
    /give true or false/,
  ],
  [
    { methodConfig: [{ name: all, maxRequestMessageBytes: -1 }] },
    "$.methodConfig[0].maxRequestMessageBytes",
    /from 0 to 4294967295/,
  ],
  [
    { methodConfig: [{ name: all, maxResponseMessageBytes: 1.5 }] },
    "$.methodConfig[0].maxResponseMessageBytes",
    /whole number/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy, hedgingPolicy: {} }] },
    "$.methodConfig[0]",
    /and not both/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, maxAttempts: 1 } }] },
    "$.methodConfig[0].retryPolicy.maxAttempts",
    /1 is wrong: give a whole number from 2/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, initialBackoff: "0s" } }] },
    "$.methodConfig[0].retryPolicy.initialBackoff",
    /seconds above 0/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, maxBackoff: undefined } }] },
    "$.methodConfig[0].retryPolicy",
    /«maxBackoff» is missing/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, backoffMultiplier: 0 } }] },
    "$.methodConfig[0].retryPolicy.backoffMultiplier",
    /a number above 0/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, retryableStatusCodes: [] } }] },
    "$.methodConfig[0].retryPolicy.retryableStatusCodes",
    /at least one code/,
  ],
  [
    {
      methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, retryableStatusCodes: ["OK"] } }],
    },
    "$.methodConfig[0].retryPolicy.retryableStatusCodes[0]",
    /name of a status code/,
  ],
  [
    { methodConfig: [{ name: all, retryPolicy: { ...retryPolicy, retryableStatusCodes: [17] } }] },
    "$.methodConfig[0].retryPolicy.retryableStatusCodes[0]",
    /17 is wrong/,
  ],
  [
    {
      methodConfig: [
        { name: all, retryPolicy: { ...retryPolicy, retryableStatusCodes: ["toString"] } },
      ],
    },
    "$.methodConfig[0].retryPolicy.retryableStatusCodes[0]",
    /toString/,
  ],
  [
    { retryThrottling: { maxTokens: 0, tokenRatio: 1 } },
    "$.retryThrottling.maxTokens",
    /from 1 to 1000/,
  ],
  [
    { retryThrottling: { maxTokens: 1_001, tokenRatio: 1 } },
    "$.retryThrottling.maxTokens",
    /from 1 to 1000/,
  ],
  [{ retryThrottling: { maxTokens: 10 } }, "$.retryThrottling", /«tokenRatio» is missing/],
  [
    { retryThrottling: { maxTokens: 10, tokenRatio: 0.0001 } },
    "$.retryThrottling.tokenRatio",
    /at least 0\.001/,
  ],
  [
    { loadBalancingConfig: [] },
    "$.loadBalancingConfig",
    /one of pick_first, round_robin, least_request_experimental/,
  ],
  [{ loadBalancingConfig: [{ grpclb: {} }] }, "$.loadBalancingConfig", /give one of pick_first/],
  [{ loadBalancingConfig: [{}] }, "$.loadBalancingConfig[0]", /an object with one member/],
  [
    { loadBalancingConfig: [{ pick_first: {}, round_robin: {} }] },
    "$.loadBalancingConfig[0]",
    /one member/,
  ],
  [
    { loadBalancingConfig: [{ pick_first: [] }] },
    "$.loadBalancingConfig[0].pick_first",
    /give an object/,
  ],
  [
    { loadBalancingConfig: [{ round_robin: 5 }] },
    "$.loadBalancingConfig[0].round_robin",
    /give an object/,
  ],
  [{ loadBalancingConfig: [{ toString: {} }] }, "$.loadBalancingConfig", /give one of/],
  [
    { loadBalancingConfig: [{ least_request_experimental: { choiceCount: 1 } }] },
    "$.loadBalancingConfig[0].least_request_experimental.choiceCount",
    /from 2/,
  ],
  [{ loadBalancingPolicy: "grpclb" }, "$.loadBalancingPolicy", /"grpclb" is wrong: give one of/],
  [{ healthCheckConfig: { serviceName: 1 } }, "$.healthCheckConfig.serviceName", /give a string/],
];

for (const [json, path, message] of wrong) {
  test(`${JSON.stringify(json)?.slice(0, 90)} is refused at ${path}`, () => {
    assert.throws(
      () => parse(json),
      (error) => {
        assert.ok(error instanceof ServiceConfigError);
        assert.equal(error.path, path);
        assert.ok(error.message.startsWith(`${path}: `));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("a long value is cut short in the error", () => {
  assert.throws(
    () => parse({ loadBalancingPolicy: "x".repeat(10_000) }),
    (error) => {
      assert.ok(error instanceof Error && error.message.length < 250);
      return true;
    },
  );
});

test("balancers of one's own are named in the same table", () => {
  const table = { ...balancerTable, mine: () => ({ ...roundRobin(), name: "mine" }) };
  const config = parseServiceConfig({ loadBalancingConfig: [{ mine: {} }] }, table);
  assert.equal(config.balancer?.policy.name, "mine");
});
