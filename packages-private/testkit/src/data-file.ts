import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { requirement } from "./requirement.ts";

/** A file of other people's test data. */
export interface DataFile {
  readonly path: string;
  /** The `skip` of a test that needs it. */
  readonly skip: string | false;
}

const folder =
  process.env["PRIVET_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** `name` in `../shared/data` beside the repository, or in the folder that PRIVET_DATA names. */
export function dataFile(name: string): DataFile {
  const path = join(folder, name);
  const skip = requirement({
    name,
    probe: { path },
    hint: "put it into ../shared/data, or name its folder in PRIVET_DATA",
  });
  return { path, skip };
}
