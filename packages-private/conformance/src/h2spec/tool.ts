import { goProgram } from "@privet/testkit";
import { cache } from "../tools/cache.ts";

/** Cases of `h2spec --strict`, in the release that go.mod pins. */
export const CASES = 146;

/**
 * The path of the h2spec program, which is built at its first use.
 *
 * @throws Error that says what is missing
 */
export function h2spec(): string {
  return goProgram({
    command: "github.com/summerwind/h2spec/cmd/h2spec",
    module: import.meta.dirname,
    cache,
  });
}
