/** The languages that the command speaks. */
export type Language = "en" | "ru";

/**
 * The user's language, by the first that is set of LC_ALL, LC_MESSAGES and LANG
 * (POSIX.1-2024 XBD §8.2), else by what the system tells Intl.
 */
export function userLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale =
    env["LC_ALL"] ||
    env["LC_MESSAGES"] ||
    env["LANG"] ||
    Intl.DateTimeFormat().resolvedOptions().locale;
  return /^ru(?![a-z])/i.test(locale) ? "ru" : "en";
}
