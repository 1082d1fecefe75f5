import type { Case } from "./cases.ts";
import { field, message } from "./observation.ts";
import type { Comparison, Observation } from "./observation.ts";

/**
 * A way in which our answers may differ from those of Connect's own server.
 * Each has its heading in docs/differences.md.
 */
export interface Difference {
  readonly heading: string;
  /** Takes what is due to this difference out of a comparison; undefined where it has no part in it. */
  explain(comparison: Comparison): Comparison | undefined;
}

const byHeaderField = (
  heading: string,
  name: string,
  isDue: (comparison: Comparison) => boolean,
): Difference => ({
  heading,
  explain(comparison) {
    const { one, stock, ours } = comparison;
    const differs = field(stock.headers, name) !== field(ours.headers, name);
    if (!differs || !isDue(comparison)) return undefined;
    return { one, stock: withoutHeader(stock, name), ours: withoutHeader(ours, name) };
  },
});

/** With messages in protobuf's binary format. */
function isGrpc(one: Case): boolean {
  return /^application\/grpc(?:\+proto)?$/i.test(String(one.headers["content-type"]));
}

function withoutHeader(observation: Observation, name: string): Observation {
  return { ...observation, headers: observation.headers.filter((one) => one[0] !== name) };
}

/** Both answered with an error, each with its own, or we alone did: the rest follows from it. */
const byFault = (heading: string, isDue: (comparison: Comparison) => boolean): Difference => ({
  heading,
  explain(comparison) {
    const { one, ours } = comparison;
    if (field(ours.trailers, "grpc-status") === "0" || !isDue(comparison)) return undefined;
    return { one, stock: ours, ours };
  },
});

export const differences: readonly Difference[] = [
  byHeaderField("No `date`", "date", ({ ours }) => field(ours.headers, "date") === undefined),
  byHeaderField(
    "`grpc-accept-encoding` in responses",
    "grpc-accept-encoding",
    ({ one, ours }) =>
      isGrpc(one) &&
      field(ours.headers, "grpc-accept-encoding") === "gzip,br" &&
      ("grpc-encoding" in one.headers || "grpc-accept-encoding" in one.headers),
  ),
  byHeaderField(
    "Trailers-Only",
    "grpc-encoding",
    ({ one, ours }) =>
      isGrpc(one) &&
      ours.messages.length === 0 &&
      ours.trailers.length > 0 &&
      field(ours.trailers, "grpc-status") !== "0" &&
      field(ours.headers, "grpc-encoding") === undefined,
  ),
  byFault(
    "Calls that can't be served never reach the implementation",
    ({ ours }) =>
      ours.seen === undefined &&
      /^protocol error: invalid grpc timeout value|^timeout \d+ms must be <=|^unknown compression/.test(
        message(ours),
      ),
  ),
  byFault(
    "A request that ends within a message",
    ({ one, ours }) =>
      one.traits.has("cut-short") && message(ours) === "protocol error: incomplete envelope",
  ),
  {
    heading: "A field that HTTP/2 calls malformed",
    explain({ one, ours }) {
      const values = Object.values(one.headers).flat();
      const isPadded = values.some((value) => value !== value.trim());
      const isRefused = ours.status === undefined && ours.seen === undefined;
      return isPadded && isRefused ? { one, stock: ours, ours } : undefined;
    },
  },
  {
    heading: "Messages before a broken one are read",
    explain({ one, stock, ours }) {
      if (!one.traits.has("too-large") || !message(stock).startsWith("message size")) {
        return undefined;
      }
      const sawMore = (ours.seen?.length ?? 0) >= (stock.seen?.length ?? 0);
      return sawMore ? { one, stock: ours, ours } : undefined;
    },
  },
  byFault(
    "Of several faults, another may be told",
    ({ one, ours }) =>
      one.traits.has("odd-count") &&
      (one.traits.has("falsely-compressed") || one.traits.has("unreadable")) &&
      message(ours).startsWith("protocol error: received extra input message"),
  ),
];
