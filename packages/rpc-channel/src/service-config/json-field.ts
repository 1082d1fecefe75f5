import { ServiceConfigError } from "./service-config-error.ts";

/** Durations in JSON have up to nine digits behind the point (protobuf's JSON mapping). */
const duration = /^(?<seconds>\d{1,12})(?:\.(?<fraction>\d{1,9}))?s$/;
const longestShown = 60;

/**
 * A value in a service config with its path, so that whatever is wrong with it
 * can be said where it stands. Every reader throws ServiceConfigError.
 */
export class JsonField {
  readonly path: string;
  readonly value: unknown;
  readonly #ignored: string[];
  readonly #read: Set<string>;

  /** @param ignored gets the paths of members that nobody has read */
  constructor(path: string, value: unknown, ignored: string[]) {
    this.path = path;
    this.value = value;
    this.#ignored = ignored;
    this.#read = new Set();
  }

  /** The error that `value` is. @param right what would be right, as in «give …» */
  wrong(right: string): ServiceConfigError {
    return new ServiceConfigError(this.path, `${shown(this.value)} is wrong: give ${right}`);
  }

  /** Throws `wrong()`. */
  fail(right: string): never {
    throw this.wrong(right);
  }

  /** A member of an object; undefined where it is missing or null, which is the same in protobuf's JSON. */
  optional(name: string): JsonField | undefined {
    const value = this.#object()[name];
    this.#read.add(name);
    if (value === undefined || value === null) return undefined;
    return new JsonField(`${this.path}.${name}`, value, this.#ignored);
  }

  /** As `optional()`, where it may not be missing. */
  required(name: string, right: string): JsonField {
    const field = this.optional(name);
    if (field !== undefined) return field;
    throw new ServiceConfigError(this.path, `«${name}» is missing: give ${right}`);
  }

  /** The names of the members of an object. */
  names(): string[] {
    return Object.keys(this.#object());
  }

  /** To be called when all members that mean something have been read. */
  ignoreRest(): void {
    for (const name of this.names()) {
      if (!this.#read.has(name)) this.#ignored.push(`${this.path}.${name}`);
    }
  }

  elements(): JsonField[] {
    if (!Array.isArray(this.value)) throw this.wrong("a list");
    return this.value.map((value, i) => new JsonField(`${this.path}[${i}]`, value, this.#ignored));
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.fail("a string");
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.fail("true or false");
  }

  /** A whole number; protobuf's JSON allows it as a string as well. */
  integer(from: number, to: number): number {
    const number = typeof this.value === "string" ? numberOf(this.value) : this.value;
    return typeof number === "number" && Number.isInteger(number) && number >= from && number <= to
      ? number
      : this.fail(`a whole number from ${from} to ${to}`);
  }

  /** A number above 0. */
  positive(): number {
    const { value } = this;
    return typeof value === "number" && value > 0 && Number.isFinite(value)
      ? value
      : this.fail("a number above 0");
  }

  /** In milliseconds, with a fraction where there is one. */
  durationMs(): number {
    const groups = typeof this.value === "string" ? duration.exec(this.value)?.groups : undefined;
    if (groups === undefined) throw this.wrong('seconds, as in "5s" or "0.25s"');
    // In two parts, since 0.07 s are 70.00000000000001 ms otherwise.
    const { seconds = "0", fraction = "" } = groups;
    return Number(seconds) * 1_000 + Number(fraction.padEnd(9, "0")) / 1e6;
  }

  /** A duration above 0. */
  positiveDurationMs(): number {
    const ms = this.durationMs();
    return ms > 0 ? ms : this.fail('seconds above 0, as in "0.25s"');
  }

  #object(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      throw this.wrong("an object");
    }
    return this.value as Record<string, unknown>;
  }
}

function numberOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
