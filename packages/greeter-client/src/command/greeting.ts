import { UsageError } from "./usage-error.ts";

/** Whom to greet, and how. */
export type Greeting =
  | { readonly kind: "one"; readonly name: string }
  | { readonly kind: "languages"; readonly name: string; readonly languageTags: readonly string[] }
  | { readonly kind: "all"; readonly names: readonly string[] }
  | { readonly kind: "each" };

/** The options that choose among them. */
export interface GreetingOptions {
  readonly languages?: string;
  readonly all?: true;
  readonly each?: true;
}

const world = "Мир";

/** @throws UsageError where the names and the options don't go together */
export function greetingOf(names: readonly string[], options: GreetingOptions): Greeting {
  const [one, other] = (["languages", "all", "each"] as const).filter((name) => name in options);
  if (one !== undefined && other !== undefined) {
    throw new UsageError({ kind: "conflict", options: [`--${one}`, `--${other}`] });
  }
  if (options.each) {
    if (names.length > 0) {
      throw new UsageError({ kind: "names-with-each" });
    }
    return { kind: "each" };
  }
  if (options.all) {
    if (names.length === 0) {
      throw new UsageError({ kind: "no-names" });
    }
    return { kind: "all", names };
  }
  if (names.length > 1) {
    throw new UsageError({ kind: "several-names", names });
  }
  const name = names[0] ?? world;
  return options.languages === undefined
    ? { kind: "one", name }
    : { kind: "languages", name, languageTags: languageTags(options.languages) };
}

function languageTags(value: string): readonly string[] {
  const tags = value.split(",").map((tag) => tag.trim());
  if (tags.includes("")) {
    throw new UsageError({ kind: "empty-language", value });
  }
  return tags;
}
