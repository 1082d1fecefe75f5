import type { Checked } from "./bad-request.ts";

/** How many grapheme clusters (UAX #29) a name may have. */
const maxClusters = 100;

/**
 * How many UTF-16 code units a name may have. One grapheme cluster may be of
 * any length; this bounds the work and the answer, and is 100 units for each
 * of 100 clusters, where the longest emoji sequences take about 30.
 */
export const maxLength = 10_000;

/**
 * What a name may not hold: control characters (Cc); the line and paragraph
 * separators, which break lines as those do; and explicit directional
 * formatting (UAX #9 §2.1–2.5), whose effect would reach past the name into
 * the text that is shown after it. Marks such as RLM, and the joiners that
 * scripts and emoji need, are allowed.
 */
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** Made for the first long name: it takes longer than the rest of the service. */
let clusters: Intl.Segmenter | undefined;

/** A name without the white space around it. */
export function checkName(text: string): Checked<string> {
  const name = text.trim();
  const description = faultOf(name);
  return description === undefined ? { value: name } : { faults: [{ description }] };
}

function faultOf(name: string): string | undefined {
  if (name === "") {
    return "must not be empty";
  }
  if (name.length > maxLength || hasMoreClustersThan(maxClusters, name)) {
    return `must be at most ${maxClusters} characters long`;
  }
  if (forbidden.test(name)) {
    return "must not hold control characters, line separators or directional overrides";
  }
  if (!name.isWellFormed()) {
    return "must be well-formed Unicode";
  }
  return undefined;
}

function hasMoreClustersThan(limit: number, text: string): boolean {
  // A cluster has a code unit or more: most names need no segmentation.
  if (text.length <= limit) return false;
  clusters ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  const iterator = clusters.segment(text)[Symbol.iterator]();
  for (let count = 0; count <= limit; count++) {
    if (iterator.next().done === true) return false;
  }
  return true;
}
