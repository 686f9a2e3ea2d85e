import type { Command } from "@commander-js/extra-typings";
import type { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/**
 * Adds one subcommand to the program: each `command.ts` exports one, and program.ts lists it.
 *
 * Make the subcommand with `program.command("name")`, which inherits how the program writes and ends. The action
 * calls `end(code)` when it is done; not called means 0. It throws UsageError for 3, Failure for 1.
 */
export type AddCommand = (program: Command, io: Io, end: (code: ExitCode) => void) => void;
