import { adviceOn } from "./compile-error.ts";
import { compileRule } from "./fault.ts";
import type { Fault } from "./fault.ts";

interface Hint {
  readonly rule: RegExp;
  /** Takes the place of buf's message where that misleads. */
  readonly what?: string;
  /** What to do about it. */
  readonly todo: string;
}

const keepAndDeprecate = "callers still use it, so keep it and mark it deprecated";

/** What to do about a fault, by its rule: the first row that fits. Rules that explain themselves have none. */
const hints: readonly Hint[] = [
  // Lint.
  {
    rule: /^SYNTAX_SPECIFIED$/,
    what: "the file has no syntax line, so it is read as proto2",
    todo: 'begin it with syntax = "proto3";',
  },
  { rule: /^PACKAGE_DEFINED$/, todo: "add a line such as package greeter.v1;" },
  { rule: /^IMPORT_USED$/, todo: "delete the import" },
  { rule: /^COMMENT_/, todo: "write a // comment on the line above" },
  {
    rule: /^RPC_REQUEST_RESPONSE_UNIQUE$/,
    todo: "give each method a request and a response message of its own",
  },
  // Breaking changes.
  {
    rule: /^FIELD_NO_DELETE/,
    todo: "old messages still carry it, so keep it under its number and mark it [deprecated = true]",
  },
  {
    rule: /^FIELD_SAME_(NAME|JSON_NAME)$/,
    todo: "JSON and old code still use the old name, so keep it",
  },
  {
    rule: /^FIELD_(SAME|WIRE)_/,
    todo: "old callers read and write it the old way, so keep it as it was and add a new field",
  },
  {
    rule: /^RPC_NO_DELETE$/,
    todo: "callers still use it, so keep it with option deprecated = true",
  },
  { rule: /^RPC_SAME_/, todo: "callers still use it, so keep it as it was and add a new method" },
  {
    rule: /^FILE_SAME_PACKAGE$/,
    todo: "every call's path holds it, so keep it and put a new package in a new file beside this one",
  },
  {
    rule: /^FILE_NO_DELETE$/,
    todo: "other languages import it, so keep it where it was and put what is new beside it",
  },
  { rule: /^(MESSAGE|ENUM|ENUM_VALUE|ONEOF|SERVICE|EXTENSION)_NO_DELETE/, todo: keepAndDeprecate },
  { rule: /^ENUM_VALUE_SAME_/, todo: "keep the value as it was and add a new one" },
];

/** The fault with what to do about it. */
export function withHint(fault: Fault): Fault {
  if (fault.rule === compileRule) {
    return { ...fault, message: `${fault.message}: ${adviceOn(fault.message)}` };
  }
  const hint = hints.find(({ rule }) => rule.test(fault.rule));
  return hint === undefined
    ? fault
    : { ...fault, message: `${hint.what ?? fault.message}: ${hint.todo}` };
}
