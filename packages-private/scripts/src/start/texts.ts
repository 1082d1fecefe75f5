/** What `start` says to its user. */
export interface Texts {
  /** The server serves: how to call it, and how to stop it. */
  readonly serving: string;
  readonly draining: string;
  readonly clientFailed: string;
}

const en: Texts = {
  serving:
    "The server is running. Call it from a second terminal: npx -y pnpm@12 client Анна\nStop it with Ctrl-C.",
  draining: "Stopping: waiting for open calls.",
  clientFailed: "The client got no greeting.",
};

const ru: Texts = {
  serving:
    "Сервер работает. Вызовите его из второго терминала: npx -y pnpm@12 client Анна\nОстановить: Ctrl-C.",
  draining: "Остановка: ждём открытые вызовы.",
  clientFailed: "Клиент не получил приветствия.",
};

/** The texts in the user's language, by the first that is set of LC_ALL, LC_MESSAGES and LANG. */
export function textsFor(env: NodeJS.ProcessEnv): Texts {
  const locale =
    env["LC_ALL"] ||
    env["LC_MESSAGES"] ||
    env["LANG"] ||
    Intl.DateTimeFormat().resolvedOptions().locale;
  return /^ru(?![a-z])/i.test(locale) ? ru : en;
}
