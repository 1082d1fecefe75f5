import type { Fault } from "../buf/fault.ts";

/** How a command on the contracts ended. */
export type Outcome =
  /** All is well; the sentence says what was found or done. */
  | { readonly kind: "done"; readonly sentence: string }
  /** The contracts, or what is made from them, are not in order. */
  | { readonly kind: "faulty"; readonly faults: readonly Fault[] }
  /** Nothing was done, for this reason; the faults are why, where there are any. */
  | { readonly kind: "refused"; readonly reason: string; readonly faults: readonly Fault[] };
