import { Command, CommanderError } from "@commander-js/extra-typings";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, printableLines } from "@kms-guard/core/text/untrusted.ts";
import manifest from "../package.json" with { type: "json" };
import { addDemo } from "./demo/command.ts";
import { addDoctor } from "./doctor/command.ts";
import { addDrill } from "./drill/command.ts";
import { addExempt } from "./exempt/command.ts";
import { addHistory } from "./history/command.ts";
import type { AddCommand } from "./io/command.ts";
import { EXIT, type ExitCode, Failure, UsageError } from "./io/errors.ts";
import { type Io, note } from "./io/io.ts";
import { addReplay } from "./replay/command.ts";
import { addReport } from "./report/command.ts";
import { addRestore } from "./restore/command.ts";
import { addScan } from "./scan/command.ts";
import { addShow } from "./show/command.ts";

/** Every command there is. */
export const COMMANDS: readonly AddCommand[] = [
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
 * Runs one command line (`args` without node and script) and returns the exit code. Never exits the process.
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
    const command = program.commands.find((one) => one.name() === args[0]);
    const help = [KMS_GUARD, "help", ...(command === undefined ? [] : [command.name()])].join(" ");
    return await endedBy(error, io, `next: ${help}`);
  }
}

async function endedBy(error: unknown, io: Io, help: string): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    // Commander has printed its own message, or the help.
    if (error.exitCode === 0) return EXIT.clean;
    if (error.code !== "commander.help") await note(io, help);
    return EXIT.usage;
  }
  if (error instanceof UsageError) {
    await note(io, `error: ${printable(error.message)}\n${help}`);
    return EXIT.usage;
  }
  if (error instanceof Failure) {
    await note(io, `error: ${printable(error.message)}`);
    return EXIT.broke;
  }
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await note(io, `error: kms-guard failed, which is a bug: ${printableLines(details)}`);
  return EXIT.broke;
}
