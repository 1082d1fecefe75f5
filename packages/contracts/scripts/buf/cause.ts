import { isSyntaxError } from "./compile-error.ts";
import { compareFaults, compileRule, formatFault } from "./fault.ts";
import type { Fault } from "./fault.ts";

/** Reads a file of the workspace, named as in a fault. */
export type ReadText = (path: string) => string;

/** One fault for each cause, in the order of reading. */
export function causesOf(faults: readonly Fault[], readText: ReadText): readonly Fault[] {
  const sorted = blameMissingSyntax(faults, readText).toSorted(compareFaults);
  const causes = withoutEchoes(sorted).filter((fault) => !isImplied(fault, sorted));
  return withoutDoubles(causes);
}

/**
 * Without a syntax line a file is proto2, where every field needs a label: the
 * compiler then finds an unexpected type in each field, and never says why.
 */
function blameMissingSyntax(faults: readonly Fault[], readText: ReadText): readonly Fault[] {
  const suspects = new Set(faults.filter(wantsLabel).map((fault) => fault.path));
  const guilty = new Set([...suspects].filter((path) => !hasSyntaxLine(readText(path))));
  return faults.map((fault) =>
    wantsLabel(fault) && guilty.has(fault.path)
      ? { ...fault, line: 1, column: 1, rule: "SYNTAX_SPECIFIED", message: "no syntax line" }
      : fault,
  );
}

function wantsLabel(fault: Fault): boolean {
  return fault.rule === compileRule && fault.message === "unexpected type name";
}

function hasSyntaxLine(text: string): boolean {
  const code = text.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "");
  return /^\s*(syntax|edition)\s*=/m.test(code);
}

/**
 * One slip, such as a missing brace, upsets the compiler all the way down the
 * file and hides declarations: only the first place where it can't read on is
 * worth telling.
 *
 * @param sorted in the order of reading
 */
function withoutEchoes(sorted: readonly Fault[]): readonly Fault[] {
  const slips = new Map<string, Fault>();
  for (const fault of sorted.filter(isSyntaxError)) {
    slips.set(fault.path, slips.get(fault.path) ?? fault);
  }
  return sorted.filter((fault) => {
    const slip = slips.get(fault.path);
    return slip === undefined || slip === fault || fault.rule !== compileRule;
  });
}

/** Rules that a fault of another rule on the same line always sets off too. */
const impliedBy: Readonly<Record<string, string>> = {
  FIELD_SAME_JSON_NAME: "FIELD_SAME_NAME",
};

function isImplied(fault: Fault, all: readonly Fault[]): boolean {
  const cause = impliedBy[fault.rule];
  return (
    cause !== undefined &&
    all.some(({ rule, path, line }) => rule === cause && path === fault.path && line === fault.line)
  );
}

function withoutDoubles(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [formatFault(fault), fault])).values()];
}
