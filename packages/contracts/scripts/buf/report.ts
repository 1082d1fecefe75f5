import type { Fault } from "./fault.ts";

/** A line of buf's `--error-format=json`. */
interface Annotation {
  readonly path?: string;
  readonly start_line?: number;
  readonly start_column?: number;
  readonly type: string;
  readonly message: string;
}

/** What buf printed: faults with a place, and all other lines. */
export interface Report {
  readonly faults: readonly Fault[];
  readonly remarks: readonly string[];
}

/** Reads what buf printed with `--error-format=json`, which mixes JSON with plain lines. */
export function parseReport(output: string): Report {
  const faults: Fault[] = [];
  const remarks: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    const annotation = parseAnnotation(line);
    if (annotation !== undefined) {
      faults.push(toFault(annotation));
    } else if (line.trim() !== "") {
      remarks.push(line.trim());
    }
  }
  return { faults, remarks };
}

function parseAnnotation(line: string): Annotation | undefined {
  if (!line.startsWith("{")) {
    return undefined;
  }
  try {
    const value = JSON.parse(line) as Partial<Annotation>;
    return typeof value.type === "string" && typeof value.message === "string"
      ? (value as Annotation)
      : undefined;
  } catch {
    return undefined;
  }
}

function toFault(annotation: Annotation): Fault {
  return {
    path: (annotation.path ?? lostFile(annotation.message)).replaceAll("\\", "/"),
    line: annotation.start_line ?? 1,
    column: annotation.start_column ?? 1,
    rule: annotation.type,
    message: annotation.message.replace(/\.$/, ""),
  };
}

/** A file that is no longer there has no path of its own, but the message names it. */
function lostFile(message: string): string {
  return /^Previously present file "([^"]+)"/.exec(message)?.[1] ?? "buf.yaml";
}
