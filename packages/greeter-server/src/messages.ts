import type { Language } from "./locale.ts";
import { en } from "./messages/en.ts";
import { ru } from "./messages/ru.ts";
import type { Texts } from "./messages/texts.ts";

/** All that the command says, the same in each language. */
export const messages: Readonly<Record<Language, Texts>> = { en, ru };
