/** The trailer in which a server says when to come back (gRFC A6). */
export const pushbackHeader = "grpc-retry-pushback-ms";

/** What a server asks for: nothing, a delay, or to be left alone. */
export type Pushback =
  | { readonly kind: "none" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "stop" };

const none: Pushback = { kind: "none" };
const stop: Pushback = { kind: "stop" };
/** A delay is an int32 in every other client; longer ones are no delays that anyone means. */
const longest = 2_147_483_647;

/** @param value of the header; null or undefined without one. What is no delay means «stop» */
export function parsePushback(value: string | null | undefined): Pushback {
  if (value === null || value === undefined) return none;
  const ms = /^\d{1,10}$/.test(value) ? Number(value) : longest + 1;
  return ms <= longest ? { kind: "delay", ms } : stop;
}
