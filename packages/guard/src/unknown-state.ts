/**
 * Thrown by a reader that cannot know: an archive of events that begins after a policy was written does not say what
 * is in it. Live readers never throw it.
 */
export class UnknownState extends Error {
  override readonly name = "UnknownState";
}

/** True where an error, its cause, or one of those it gathers is an `UnknownState`. */
export function isUnknownState(error: unknown): boolean {
  if (error instanceof UnknownState) return true;
  if (error instanceof AggregateError && error.errors.some(isUnknownState)) return true;
  return error instanceof Error && error.cause !== undefined && isUnknownState(error.cause);
}
