// The greetings: one function per kind of call.
export { greet, greetAll, greetEach, greetInLanguages } from "./greet.ts";
export type { GreetOptions, LanguageGreeting, Names } from "./greet.ts";

// The way to the server.
export { createTransport } from "./transport.ts";
export type { GreeterTransport, TransportOptions } from "./transport.ts";
