import { pino } from "pino";
import type { Logger } from "pino";
import type { LogLevel } from "./log-level.ts";

/** A log on standard output: JSON by the line, or made for people where that is a terminal. */
export async function createLogger(level: LogLevel): Promise<Logger> {
  // Not pino's own writer: at an exit it may write the last lines out of order.
  if (!process.stdout.isTTY) return pino({ level }, process.stdout);
  // Loaded only here: a server in production starts without it.
  const { default: pretty } = await import("pino-pretty");
  return pino({ level }, pretty({ sync: true, ignore: "pid,hostname", translateTime: "HH:MM:ss" }));
}
