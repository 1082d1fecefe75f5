// The greetings: one function per kind of call, over any transport of Connect.
export { greet, greetAll, greetEach, greetInLanguages } from "./greet.ts";
export type { GreetOptions, LanguageGreeting, Names } from "./greet.ts";
