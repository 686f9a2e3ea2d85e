import { Command, CommanderError } from "@commander-js/extra-typings";
import { printable, printableLines } from "@kms-guard/core/text/untrusted.ts";
import manifest from "../package.json" with { type: "json" };
import type { AddCommand } from "./command.ts";
import { addDemo } from "./demo/command.ts";
import { addDoctor } from "./doctor/command.ts";
import { addDrill } from "./drill/command.ts";
import { addExempt } from "./exempt/command.ts";
import { addHistory } from "./history/command.ts";
import { Failure, UsageError } from "./io/errors.ts";
import { EXIT, type ExitCode } from "./io/exit-codes.ts";
import { type Io, note } from "./io/io.ts";
import { addReplay } from "./replay/command.ts";
import { addReport } from "./report/command.ts";
import { addRestore } from "./restore/command.ts";
import { addScan } from "./scan/command.ts";
import { addShow } from "./show/command.ts";

const COMMANDS: readonly AddCommand[] = [
  addDemo,
  addScan,
  addReplay,
  addHistory,
  addShow,
  addRestore,
  addExempt,
  addDoctor,
  addDrill,
  addReport,
];

const EXIT_CODES = `
Exit codes:
  0  done and clean
  1  it broke
  2  findings at or above --fail-on
  3  wrong usage`;

/**
 * Runs one command line, `args` without node and script, and answers how it ended; never exits by itself.
 *
 * Results go to `io.stdout`, everything else to `io.stderr`.
 */
export async function run(
  args: readonly string[],
  io: Io,
  commands: readonly AddCommand[] = COMMANDS,
): Promise<ExitCode> {
  let ending: ExitCode = EXIT.clean;
  const program = new Command("kms-guard")
    .description("Finds full kms:* grants in AWS IAM policies, with their proof.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(printableLines(text)),
    })
    .showHelpAfterError("(run it with --help to see what it takes)")
    .addHelpText("after", EXIT_CODES);
  for (const add of commands) {
    add(program, io, (code) => {
      ending = code;
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return ending;
  } catch (error) {
    return await endedBy(error, io);
  }
}

async function endedBy(error: unknown, io: Io): Promise<ExitCode> {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.usage;
  if (error instanceof UsageError) {
    await note(io, `error: ${printable(error.message)}\n(run it with --help to see what it takes)`);
    return EXIT.usage;
  }
  if (error instanceof Failure) {
    await note(io, `error: ${printable(error.message)}`);
    return EXIT.broke;
  }
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await note(io, `error: kms-guard broke, which is a defect of its own: ${printableLines(told)}`);
  return EXIT.broke;
}
