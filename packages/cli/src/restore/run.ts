import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import { type RestoreReport, type RestoreRequest, restore } from "@kms-guard/guard/restore.ts";
import { type Live, withDeployment } from "../aws/connect.ts";
import type { LiveOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { Failure } from "../io/errors.ts";
import { EXIT, type ExitCode } from "../io/exit-codes.ts";
import { type Io, print } from "../io/io.ts";
import { paintFor } from "../io/paint.ts";
import { policySince } from "./policy-since.ts";
import { alreadyText, planText, resultText } from "./text.ts";
import { stepCommand } from "./words.ts";

export interface RestoreOptions extends LiveOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly reason: string;
  readonly hours: number;
  readonly output: "human" | "json";
}

/** Finds the deployment, shows the plan, asks if it has to, restores, and tells what became of every step. */
export function runRestore(id: string, options: RestoreOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, (live) => restoreIn(live, id, options, io));
}

async function restoreIn(live: Live, id: string, options: RestoreOptions, io: Io): Promise<ExitCode> {
  const { ports, environment, operator } = live;
  const { reason, hours } = options;
  const isJson = options.output === "json";
  const perform = restore(ports, environment.settings);
  const request: RestoreRequest = { by: operator.arn, reason, hours, dryRun: true };

  const seen = await perform(id, request);
  const isDry = options.dryRun === true;
  if (seen.kind === "planned") {
    const notes = await policySince(ports.policies, seen.finding);
    // What a person is asked about has to be seen, though a program reads the result.
    if (!isJson || !(isDry || options.yes)) {
      await print(isJson ? io.stderr : io.stdout, planText(seen, live, notes, paintFor(io)));
    }
    if (isDry) {
      if (isJson) await printJson(io, planJson(seen, notes));
      else await print(io.stdout, `Nothing was changed.\nnext: ${KMS_GUARD} restore ${id}${live.words}\n`);
      return EXIT.clean;
    }
    if (!options.yes && !(await isConfirmed(io, "Put it back?"))) {
      throw new Failure("not confirmed, so nothing was changed");
    }
  }

  const report = isDry || seen.kind === "refused" ? seen : await perform(id, { ...request, dryRun: false });
  switch (report.kind) {
    case "planned":
      throw new Error("restore answered `planned` out of turn");
    case "refused":
      return refuse(report, isJson, live, io);
    case "already-restored":
      await (isJson
        ? printJson(io, inJson(report))
        : print(io.stdout, alreadyText(report, live, paintFor(io))));
      return report.failures.length === 0 ? EXIT.clean : EXIT.broke;
    case "restored": {
      await (isJson
        ? printJson(io, inJson(report))
        : print(io.stdout, resultText(report, live, paintFor(io))));
      const isWhole = report.steps.every(({ outcome }) => outcome === "done" || outcome === "already");
      return isWhole && report.failures.length === 0 ? EXIT.clean : EXIT.broke;
    }
  }
}

function inJson<R extends { readonly failures: readonly Error[] }>(report: R) {
  return { ...report, failures: report.failures.map(({ message }) => message) };
}

async function refuse(
  { reason, nextSteps }: Extract<RestoreReport, { kind: "refused" }>,
  isJson: boolean,
  { words }: Live,
  io: Io,
): Promise<ExitCode> {
  if (isJson) await printJson(io, { kind: "refused", reason, nextSteps });
  throw new Failure([reason, ...nextSteps.map((next) => `next: ${next}${words}`)].join("; "));
}

function planJson(
  { kind, finding, steps, exemption }: Extract<RestoreReport, { kind: "planned" }>,
  notes: readonly string[],
) {
  return {
    kind,
    finding,
    steps: steps.map((step) => ({ ...step, command: stepCommand(step) })),
    exemption,
    notes,
  };
}

function printJson(io: Io, report: object): Promise<void> {
  return print(io.stdout, `${printableJson({ schemaVersion: "1", ...report })}\n`);
}
