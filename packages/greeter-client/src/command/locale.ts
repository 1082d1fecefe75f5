/** The languages that the command speaks. */
export type Locale = "ru" | "en";

/**
 * The language of help and errors: the first of LC_ALL, LC_MESSAGES and LANG
 * that is set (POSIX.1-2024, 8.2), with LANGUAGE's list before it unless it is
 * C; where none is set, the system's language. Russian or else English.
 */
export function localeOf(env: NodeJS.ProcessEnv): Locale {
  const posix = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"];
  if (!posix) {
    return spoken(Intl.DateTimeFormat().resolvedOptions().locale) ?? "en";
  }
  if (/^(?:C|POSIX)(?:\.|$)/.test(posix)) {
    return "en";
  }
  const preferred = [...(env["LANGUAGE"] ?? "").split(":"), posix];
  return preferred.map(spoken).find((locale) => locale !== undefined) ?? "en";
}

function spoken(tag: string): Locale | undefined {
  const language = /^[a-z]+/i.exec(tag)?.[0].toLowerCase();
  return language === "ru" || language === "en" ? language : undefined;
}
