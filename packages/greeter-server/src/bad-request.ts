import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";

/** What is wrong with a field, or with one element of a repeated field. */
interface Fault {
  /** The element, counted from 0; without it, the field itself. */
  readonly index?: number;
  /** What would be right, as the end of a sentence that the field begins. */
  readonly description: string;
}

/** A field's value as the service uses it, or what is wrong with it. */
export type Checked<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

/** A fault, with its field's name as in the contract. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

type Values<Fields> = { [Name in keyof Fields]: Fields[Name] extends Checked<infer T> ? T : never };

// Errors travel in trailers, of which gRPC's C core takes 8 KiB.
const maxViolations = 10;

/**
 * The values of a request's fields, which go by their names in the contract.
 *
 * @throws ConnectError INVALID_ARGUMENT, where any field has a fault, with a
 * `google.rpc.BadRequest` that names each (the first 10 of them)
 */
export function accept<Fields extends Readonly<Record<string, Checked<unknown>>>>(
  fields: Fields,
): Values<Fields> {
  const values: Record<string, unknown> = {};
  const violations: Violation[] = [];
  for (const [name, checked] of Object.entries(fields)) {
    if ("value" in checked) {
      values[name] = checked.value;
      continue;
    }
    for (const { index, description } of checked.faults) {
      violations.push({ field: index === undefined ? name : `${name}[${index}]`, description });
    }
  }
  if (violations.length > 0) {
    throw badRequest(violations);
  }
  return values as Values<Fields>;
}

/** The INVALID_ARGUMENT that names each of `violations` (the first 10 of them). */
export function badRequest(violations: readonly Violation[]): ConnectError {
  const [first] = violations;
  const message = first === undefined ? "bad request" : `${first.field} ${first.description}`;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  return new ConnectError(`${message}${more}`, Code.InvalidArgument, undefined, [
    { desc: BadRequestSchema, value: { fieldViolations: violations.slice(0, maxViolations) } },
  ]);
}
