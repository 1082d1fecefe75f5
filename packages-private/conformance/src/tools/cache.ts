import { join } from "node:path";

/** Where programs and descriptors of the suites are kept, which are no part of the repository. */
export const cache: string = join(import.meta.dirname, "../../.cache");
