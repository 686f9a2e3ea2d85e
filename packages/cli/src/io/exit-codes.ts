/** What the program's exit code says. `1` is "it broke", `2` is "it worked, and the answer is bad". */
export const EXIT = { clean: 0, broke: 1, findings: 2, usage: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
