import type { BalancerPolicy } from "../balancer/balancer.ts";
import type { ConfiguredBalancer } from "../balancer/configured-balancer.ts";
import type { RetryThrottling } from "../retry/budget.ts";
import { JsonField } from "./json-field.ts";
import { parseMethodConfigs } from "./method-config.ts";
import { MethodConfigs, type ServiceConfig } from "./service-config.ts";

/** Reads the settings of one balancer. @throws ServiceConfigError */
export type BalancerFromConfig = (settings: JsonField) => BalancerPolicy;

/** Balancers by the name that service configs call them. */
export type BalancerTable = Readonly<Record<string, BalancerFromConfig>>;

/**
 * Reads a service config (gRPC, "Service Config"), already parsed from JSON.
 * What it doesn't know it ignores and reports, as gRPC demands: the config may
 * have been written for a newer client.
 *
 * @throws ServiceConfigError where something is wrong: nothing of it may be used then
 */
export function parseServiceConfig(json: unknown, balancers: BalancerTable): ServiceConfig {
  const ignored: string[] = [];
  const root = new JsonField("$", json, ignored);
  const methods = root.optional("methodConfig");
  const throttling = root.optional("retryThrottling");
  const healthCheck = root.optional("healthCheckConfig");
  const config: ServiceConfig = {
    methods: new MethodConfigs(methods === undefined ? new Map() : parseMethodConfigs(methods)),
    balancer: parseBalancer(root, balancers),
    retryThrottling: throttling && parseThrottling(throttling),
    healthCheckService: healthCheck && parseHealthCheck(healthCheck),
    ignored,
  };
  root.ignoreRest();
  return config;
}

function parseThrottling(field: JsonField): RetryThrottling {
  const maxTokens = field.required("maxTokens", "a whole number from 1 to 1000").integer(1, 1_000);
  const ratio = field.required("tokenRatio", "a number above 0, such as 0.1");
  // gRFC A6: three digits behind the point count, and what is left must be above 0.
  const tokenRatio = Math.floor(ratio.positive() * 1_000) / 1_000;
  if (tokenRatio === 0) throw ratio.wrong("a number of at least 0.001");
  field.ignoreRest();
  return { maxTokens, tokenRatio };
}

function parseHealthCheck(field: JsonField): string | undefined {
  const service = field.optional("serviceName")?.string();
  field.ignoreRest();
  return service;
}

/** `loadBalancingConfig`, and where that is missing the older `loadBalancingPolicy`. */
function parseBalancer(root: JsonField, table: BalancerTable): ConfiguredBalancer | undefined {
  const list = root.optional("loadBalancingConfig");
  const name = root.optional("loadBalancingPolicy");
  if (list !== undefined) return parseChoice(list, table);
  if (name === undefined) return undefined;
  const lowerCase = name.string().toLowerCase();
  const fromConfig = balancerCalled(lowerCase, table);
  if (fromConfig === undefined) throw name.wrong(oneOf(table));
  return { key: `${lowerCase} {}`, policy: fromConfig(new JsonField(name.path, {}, [])) };
}

/** The first policy that we have; the others are for clients that have them. */
function parseChoice(list: JsonField, table: BalancerTable): ConfiguredBalancer {
  for (const element of list.elements()) {
    const [name, ...others] = element.names();
    if (name === undefined || others.length > 0)
      throw element.wrong("an object with one member, the policy's name");
    const fromConfig = balancerCalled(name, table);
    if (fromConfig === undefined) continue;
    const settings = element.required(name, "its settings, {} for none");
    const policy = fromConfig(settings);
    settings.ignoreRest();
    return { key: `${name} ${JSON.stringify(settings.value)}`, policy };
  }
  throw list.wrong(oneOf(table));
}

function balancerCalled(name: string, table: BalancerTable): BalancerFromConfig | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function oneOf(table: BalancerTable): string {
  return `one of ${Object.keys(table).join(", ")}`;
}
