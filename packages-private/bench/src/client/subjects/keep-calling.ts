import { becomeSubject } from "../../harness/subject-process.ts";
import type { Done, Window, Work } from "../window.ts";

/** How a client makes each kind of call. Each answer is checked; what is wrong rejects. */
export type Calls = Readonly<Record<Exclude<Work, "latency">, (window: Window) => Promise<void>>>;

/** Makes this process a client under test. @param connect to a server, at the first window */
export function becomeClient(connect: (window: Window) => Calls): void {
  const connected = new Map<number, Calls>();
  becomeSubject(undefined, {
    run: (argument) => {
      const window = argument as Window;
      const calls = connected.get(window.port) ?? connect(window);
      connected.set(window.port, calls);
      return keepCalling(calls, window);
    },
  });
}

/** @throws Error of the first call that failed */
async function keepCalling(calls: Calls, window: Window): Promise<Done> {
  const { work, width, seconds } = window;
  const call = calls[work === "latency" ? "unary" : work];
  const micros: number[] = [];
  const startedAt = performance.now();
  let made = 0;
  const state = { isOpen: true };
  const timer = setTimeout(() => {
    state.isOpen = false;
  }, seconds * 1000);
  const untimed = async (): Promise<void> => {
    while (state.isOpen) {
      await call(window);
      made += 1;
    }
  };
  const timed = async (): Promise<void> => {
    while (state.isOpen) {
      const began = performance.now();
      await call(window);
      micros.push((performance.now() - began) * 1000);
    }
    made = micros.length;
  };
  const worker = work === "latency" ? timed : untimed;
  await Promise.all(Array.from({ length: width }, worker)).finally(() => clearTimeout(timer));
  return {
    amount: made * worthOf(window),
    seconds: (performance.now() - startedAt) / 1000,
    ...(work === "latency" && { micros }),
  };
}

/** How many of its unit one call is. */
function worthOf({ work, count }: Window): number {
  return work === "unary" || work === "latency" || work === "echo" ? 1 : count;
}

export const name = "Ada";

/** @throws Error for another greeting than the one for `name` */
export function checkGreeting(greeting: string): void {
  if (greeting !== "Hello, Ada!") throw new Error(`the greeting is «${greeting}»`);
}

/** @throws Error */
export function checkSize(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${actual} octets, not ${expected}`);
}

/** @throws Error */
export function checkCount(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${actual} messages, not ${expected}`);
}
