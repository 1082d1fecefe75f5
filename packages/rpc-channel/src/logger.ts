/**
 * Where a channel reports what no caller is told. A pino logger is one.
 * `fields` say what happened where; an error is under `err`.
 */
export interface Logger {
  warn(fields: object, message: string): void;
}

/** Writes to standard error. */
export const consoleLogger: Logger = {
  warn: (fields, message) => console.warn(message, fields),
};
