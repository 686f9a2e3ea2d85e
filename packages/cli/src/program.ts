import { Command, CommanderError } from "@commander-js/extra-typings";
import manifest from "../package.json" with { type: "json" };
import type { AddCommand } from "./command.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDrill } from "./commands/drill.ts";
import { addExempt } from "./commands/exempt.ts";
import { addHistory } from "./commands/history.ts";
import { addReplay } from "./commands/replay.ts";
import { addReport } from "./commands/report.ts";
import { addRestore } from "./commands/restore.ts";
import { addScan } from "./commands/scan.ts";
import { addShow } from "./commands/show.ts";
import { Failure, UsageError } from "./errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Io, note } from "./io.ts";
import { printable, printableLines } from "./printable.ts";

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
