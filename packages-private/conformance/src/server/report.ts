/** What one run of the runner says of itself. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  /** By the kind of server, in the runner's order. */
  readonly groups: readonly Group[];
  /** The runner's own words on each case that failed. */
  readonly failures: string;
}

/** The cases of one HTTP version and protocol, with TLS or without. */
interface Group {
  readonly title: string;
  readonly cases: number;
  readonly failed: number;
}

const RUNNING =
  /^Running (\d+) tests? with .* for server config \{HTTP_VERSION_(\d), PROTOCOL_(\w+), TLS:(true|false)/gm;
const FAILED = /^FAILED: .*\/HTTPVersion:(\d)\/Protocol:PROTOCOL_(\w+)\/.*\/TLS:(true|false)/gm;
const TOTAL = /^(\d+) passed, (\d+) failed/m;

/**
 * Reads what the runner prints with `-v`.
 *
 * @throws Error where it gave up before the end
 */
export function readReport(output: string): Report {
  const total = TOTAL.exec(output);
  if (total === null) throw new Error(`connectconformance ended without a result\n${output}`);
  const failed = countBy(output.matchAll(FAILED), ([, ...group]) => [titleOf(group), 1]);
  const cases = countBy(output.matchAll(RUNNING), ([, count, ...group]) => [
    titleOf(group),
    Number(count),
  ]);
  const first = output.search(/^FAILED: /m);
  return {
    passed: Number(total[1]),
    failed: Number(total[2]),
    groups: [...cases].map(([title, count]) => ({
      title,
      cases: count,
      failed: failed.get(title) ?? 0,
    })),
    failures: first < 0 ? "" : output.slice(first, total.index),
  };
}

function titleOf([version = "", protocol = "", tls = ""]: readonly string[]): string {
  const names: Readonly<Record<string, string>> = {
    CONNECT: "Connect",
    GRPC: "gRPC",
    GRPC_WEB: "gRPC-Web",
  };
  const http = version === "1" ? "HTTP/1.1" : `HTTP/${version}`;
  return `${names[protocol] ?? protocol} over ${http}${tls === "true" ? ", TLS" : ""}`;
}

function countBy(
  matches: Iterable<RegExpExecArray>,
  entryOf: (match: RegExpExecArray) => [string, number],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const match of matches) {
    const [title, count] = entryOf(match);
    counts.set(title, (counts.get(title) ?? 0) + count);
  }
  return counts;
}
