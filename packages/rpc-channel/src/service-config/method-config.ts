import type { RetryPolicy } from "../retry/policy.ts";
import type { JsonField } from "./json-field.ts";
import type { MethodConfig, MethodSelector } from "./service-config.ts";
import { parseStatusCode } from "./status-code.ts";

/** A message has at most 2^32-1 octets. */
const maxUint32 = 4_294_967_295;
const maxInt32 = 2_147_483_647;

/** Reads `methodConfig`. No two of its entries may be for the same method. */
export function parseMethodConfigs(field: JsonField): Map<MethodSelector, MethodConfig> {
  const bySelector = new Map<MethodSelector, MethodConfig>();
  for (const element of field.elements()) {
    const names = element.required("name", "the methods that it is for, [{}] for all").elements();
    const config = parseMethodConfig(element);
    for (const name of names) {
      const selector = parseName(name);
      if (bySelector.has(selector)) {
        throw name.wrong("a method, or service, that has no config yet");
      }
      bySelector.set(selector, config);
    }
    element.ignoreRest();
  }
  return bySelector;
}

function parseName(field: JsonField): MethodSelector {
  const service = field.optional("service")?.string() ?? "";
  const method = field.optional("method")?.string() ?? "";
  field.ignoreRest();
  if (service !== "") return `/${service}/${method}`;
  return method === "" ? "" : field.fail("a service beside the method");
}

function parseMethodConfig(field: JsonField): MethodConfig {
  const retryPolicy = field.optional("retryPolicy");
  if (retryPolicy !== undefined && field.optional("hedgingPolicy") !== undefined) {
    throw field.wrong("a retryPolicy or a hedgingPolicy, and not both");
  }
  return {
    waitForReady: field.optional("waitForReady")?.boolean(),
    timeoutMs: field.optional("timeout")?.durationMs(),
    maxRequestMessageBytes: field.optional("maxRequestMessageBytes")?.integer(0, maxUint32),
    maxResponseMessageBytes: field.optional("maxResponseMessageBytes")?.integer(0, maxUint32),
    retryPolicy: retryPolicy && parseRetryPolicy(retryPolicy),
  };
}

function parseRetryPolicy(field: JsonField): RetryPolicy {
  const policy = {
    // gRFC A6: more than the client's limit is no error; the limit is applied to the call.
    maxAttempts: field.required("maxAttempts", "a whole number from 2").integer(2, maxInt32),
    initialBackoffMs: field
      .required("initialBackoff", 'seconds, as in "0.1s"')
      .positiveDurationMs(),
    maxBackoffMs: field.required("maxBackoff", 'seconds, as in "1s"').positiveDurationMs(),
    backoffMultiplier: field.required("backoffMultiplier", "a number above 0").positive(),
    retryableCodes: parseCodes(
      field.required("retryableStatusCodes", 'a list of codes, as in ["UNAVAILABLE"]'),
    ),
  };
  field.ignoreRest();
  return policy;
}

function parseCodes(field: JsonField): RetryPolicy["retryableCodes"] {
  const elements = field.elements();
  if (elements.length === 0) throw field.wrong('at least one code, as in ["UNAVAILABLE"]');
  return new Set(
    elements.map(
      (element) =>
        parseStatusCode(element.value) ??
        element.fail('the name of a status code, such as "UNAVAILABLE", or its number'),
    ),
  );
}
