import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema } from "@privet/contracts/google/rpc/error_details_pb.js";
import assert from "node:assert/strict";

/** The fields that an INVALID_ARGUMENT names. Fails where `call` succeeds or fails otherwise. */
export async function faultyFields(call: Promise<unknown>): Promise<string[]> {
  const error = await failure(call);
  assert.equal(error.code, Code.InvalidArgument, error.message);
  return error
    .findDetails(BadRequestSchema)
    .flatMap((detail) => detail.fieldViolations)
    .map(({ field }) => field);
}

/** The error that `call` ends with. */
export async function failure(call: Promise<unknown>): Promise<ConnectError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof ConnectError, `no ConnectError, but ${String(outcome)}`);
  return outcome;
}

/** All that an iterable yields. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
