// What a test needs from outside.
export { requirement } from "./requirement.ts";
export type { Requirement } from "./requirement.ts";

// Certificates, made with the openssl program.
export { openssl, selfSigned } from "./certificate.ts";
export type { Certificate } from "./certificate.ts";
export { CertificateAuthority } from "./certificate-authority.ts";

// Programs that a test or a script starts.
export { start } from "./program.ts";
export type { Program, ProgramOptions, ProgramResult } from "./program.ts";
export { goProgram } from "./go-program.ts";
export type { GoProgram } from "./go-program.ts";

// The list behind `bench`, `conformance` and `fuzz`.
export { ArgumentError, runSuite } from "./suite.ts";
export type { Suite } from "./suite.ts";

// Numbers that look random, and are the same for the same seed.
export { seededRandom } from "./random.ts";
export type { Random } from "./random.ts";

// Other people's test data, which stays outside the repository.
export { dataFile } from "./data-file.ts";
export type { DataFile } from "./data-file.ts";
