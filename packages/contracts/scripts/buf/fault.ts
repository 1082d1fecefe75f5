/** One thing that is wrong with the contracts, and where. */
export interface Fault {
  /** Relative to the top level of the workspace, with forward slashes. */
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** The name of the rule, such as `FIELD_NO_DELETE`; `COMPILE` where it isn't valid protobuf. */
  readonly rule: string;
  /** What is wrong and, where it's known, what to do about it. One line, no full stop. */
  readonly message: string;
}

/** The rule of a text that isn't valid protobuf. */
export const compileRule = "COMPILE";

/** Must it be mended before anything else can be said about the file? */
export function isUnreadable(fault: Fault): boolean {
  return fault.rule === compileRule || fault.rule === "SYNTAX_SPECIFIED";
}

/** `file:line:column: what and why (RULE)`. */
export function formatFault(fault: Fault): string {
  return `${fault.path}:${fault.line}:${fault.column}: ${fault.message} (${fault.rule})`;
}

/** In the order of reading: by file, then by place. */
export function compareFaults(a: Fault, b: Fault): number {
  return (
    compareText(a.path, b.path) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.rule, b.rule)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
