/** The exit codes. `broke` means that the command failed, `findings` that it worked and found something. */
export const EXIT = { clean: 0, broke: 1, findings: 2, usage: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
