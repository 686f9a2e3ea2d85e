/**
 * Thrown by a reader that cannot know: an archive of events that begins after a policy was written does not say what
 * is in it. Live readers never throw it.
 */
export class UnknownState extends Error {
  override readonly name = "UnknownState";
}
