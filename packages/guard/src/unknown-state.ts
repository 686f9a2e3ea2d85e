/**
 * The archive of a replay does not have the answer: it begins after the policy was written. Live readers never throw it.
 */
export class UnknownState extends Error {
  override readonly name = "UnknownState";
}

/** True if an error, its cause, or one of its `errors` is an `UnknownState`. */
export function isUnknownState(error: unknown): boolean {
  if (error instanceof UnknownState) return true;
  if (error instanceof AggregateError && error.errors.some(isUnknownState)) return true;
  return error instanceof Error && error.cause !== undefined && isUnknownState(error.cause);
}
