/** The command line cannot be carried out as written: ends with exit code 3 and a pointer to `--help`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A foreseen failure, its message written for the user: ends with exit code 1, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
}
