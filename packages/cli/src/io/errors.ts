/** The command line is wrong: exit code 3, with a pointer to the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** An expected failure, with a message for the user: exit code 1, without a stack trace. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** The exit codes. `broke` means that the command failed, `findings` that it worked and found something. */
export const EXIT = { clean: 0, broke: 1, findings: 2, usage: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
