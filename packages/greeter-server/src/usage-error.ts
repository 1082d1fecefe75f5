/** A mistake in flags or environment; the message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
