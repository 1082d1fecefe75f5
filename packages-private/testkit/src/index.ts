// What a test needs from outside.
export { requirement } from "./requirement.ts";
export type { Requirement } from "./requirement.ts";

// Programs that a test or a script starts.
export { start } from "./program.ts";
export type { Program, ProgramOptions, ProgramResult } from "./program.ts";
export { goProgram } from "./go-program.ts";
export type { GoProgram } from "./go-program.ts";

// The list behind `bench`, `conformance` and `fuzz`.
export { runSuite } from "./suite.ts";
export type { Suite } from "./suite.ts";
