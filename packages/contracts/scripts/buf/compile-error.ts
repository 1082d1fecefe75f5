import { compileRule } from "./fault.ts";
import type { Fault } from "./fault.ts";

/** What the compiler says, and what to do about it. */
interface Saying {
  readonly message: RegExp;
  readonly todo: string;
}

/** The text could be read, but not understood. */
const semantic: readonly Saying[] = [
  {
    message: /^cannot find /,
    todo: "correct the spelling, declare it, or import the file that declares it",
  },
  {
    message: /^field number .* used more than once$/,
    todo: "give the new field a number that was never used",
  },
  {
    message: /^use of reserved field /,
    todo: "a deleted field had it, so take a number and a name that were never used",
  },
  {
    message: /^field number out of range$/,
    todo: "take one from 1 to 536870911 that isn't from 19000 to 19999",
  },
  {
    message: /^imported file does not exist$/,
    todo: "name it relative to the folder of a module in buf.yaml",
  },
  { message: /^detected cyclic import /, todo: "move what both files need into a third" },
  { message: /declared multiple times$/, todo: "rename one of them" },
  {
    message: /^first value of open enum must be zero$/,
    todo: "begin the enum with a value 0 whose name ends in _UNSPECIFIED",
  },
];

/** The text could not be read. */
const syntactic: readonly Saying[] = [
  { message: /^unrecognized `syntax` /, todo: 'write syntax = "proto3";' },
  {
    message: /^unexpected type name$/,
    todo: 'a field of proto2 needs a label, so begin the file with syntax = "proto3";',
  },
];

/** Does it say that the text of the file could not be read? */
export function isSyntaxError(fault: Fault): boolean {
  return fault.rule === compileRule && !semantic.some(({ message }) => message.test(fault.message));
}

/** What to do about a text that doesn't compile. */
export function adviceOn(message: string): string {
  const saying = [...semantic, ...syntactic].find((candidate) => candidate.message.test(message));
  return (
    saying?.todo ?? "look here and just before for a slip, such as a missing semicolon or brace"
  );
}
