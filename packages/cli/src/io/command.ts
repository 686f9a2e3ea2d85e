import type { Command } from "@commander-js/extra-typings";
import type { ExitCode } from "./errors.ts";
import type { Io } from "./io.ts";

/**
 * Adds one subcommand to the program. Each `command.ts` exports one, and program.ts lists it.
 *
 * Create the subcommand with `program.command("name")`: it inherits the program's output and exit. The action calls
 * `end(code)` when it is done; without a call the code is 0. It throws UsageError for 3 and Failure for 1.
 */
export type AddCommand = (program: Command, io: Io, end: (code: ExitCode) => void) => void;
