import type { Logger } from "../../src/logger.ts";

export interface LogEntry {
  readonly level: "info" | "warn" | "error";
  readonly fields: object;
  readonly message: string;
}

/** Keeps what is logged, for a test to look at. */
export class RecordingLogger implements Logger {
  readonly entries: LogEntry[] = [];
  readonly #waiting: Set<() => void> = new Set();

  info(fields: object, message: string): void {
    this.#add({ level: "info", fields, message });
  }

  warn(fields: object, message: string): void {
    this.#add({ level: "warn", fields, message });
  }

  error(fields: object, message: string): void {
    this.#add({ level: "error", fields, message });
  }

  /** The first entry whose message matches, now or later. */
  waitFor(pattern: RegExp): Promise<LogEntry> {
    return new Promise((resolve) => {
      const look = (): void => {
        const entry = this.entries.find(({ message }) => pattern.test(message));
        if (entry === undefined) return;
        this.#waiting.delete(look);
        resolve(entry);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #add(entry: LogEntry): void {
    this.entries.push(entry);
    for (const look of this.#waiting) look();
  }
}
