/** Greets a name as its language writes it: the word, the punctuation, the place of the name. */
export type Greeting = (name: string) => string;

/** The language of a request that names none. */
export const defaultLanguageTag = "ru";

/** The greeting in that language. */
export const defaultGreeting: Greeting = (name) => `Привет, ${name}!`;

/**
 * The languages spoken here, by BCP 47 tag. A key is in the case of RFC 5646
 * §2.1.1 ("sr-Latn"); lookup doesn't look at case.
 */
export const greetings: Readonly<Record<string, Greeting>> = {
  ar: (name) => `مرحبًا، ${name}!`,
  be: (name) => `Прывітанне, ${name}!`,
  bg: (name) => `Здравей, ${name}!`,
  cs: (name) => `Ahoj, ${name}!`,
  de: (name) => `Hallo, ${name}!`,
  el: (name) => `Γεια σου, ${name}!`,
  en: (name) => `Hello, ${name}!`,
  es: (name) => `¡Hola, ${name}!`,
  fa: (name) => `سلام، ${name}!`,
  fi: (name) => `Hei, ${name}!`,
  // A narrow no-break space stands before the exclamation mark.
  fr: (name) => `Bonjour ${name}\u202F!`,
  he: (name) => `שלום, ${name}!`,
  hi: (name) => `नमस्ते, ${name}!`,
  hu: (name) => `Szia, ${name}!`,
  id: (name) => `Halo, ${name}!`,
  it: (name) => `Ciao, ${name}!`,
  ja: (name) => `こんにちは、${name}さん！`,
  ka: (name) => `გამარჯობა, ${name}!`,
  kk: (name) => `Сәлем, ${name}!`,
  ko: (name) => `안녕하세요, ${name} 님!`,
  nl: (name) => `Hallo, ${name}!`,
  pl: (name) => `Cześć, ${name}!`,
  pt: (name) => `Olá, ${name}!`,
  ro: (name) => `Salut, ${name}!`,
  [defaultLanguageTag]: defaultGreeting,
  sr: (name) => `Здраво, ${name}!`,
  "sr-Latn": (name) => `Zdravo, ${name}!`,
  sv: (name) => `Hej ${name}!`,
  tr: (name) => `Merhaba, ${name}!`,
  uk: (name) => `Привіт, ${name}!`,
  vi: (name) => `Xin chào, ${name}!`,
  zh: (name) => `你好，${name}！`,
};
