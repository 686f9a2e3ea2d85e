import { type RestoreReport, type RestoreRequest, restore } from "@kms-guard/guard/restore.ts";
import { isConfirmed } from "../confirm.ts";
import { Failure } from "../errors.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { type Io, print } from "../io.ts";
import { type Live, withDeployment } from "../live/connect.ts";
import type { LiveOptions } from "../live/options.ts";
import { jsonText } from "../output/json-text.ts";
import { paintFor } from "../paint.ts";
import { policySince } from "./policy-since.ts";
import { planText, resultText } from "./show.ts";
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

  const planned = await perform(id, request);
  if (planned.kind !== "planned") return refuse(planned, isJson, live, io);
  const notes = await policySince(ports.policies, planned.finding);
  const isDry = options.dryRun === true;
  // What a person is asked about has to be seen, though a program reads the result.
  if (!isJson || !(isDry || options.yes)) {
    await print(isJson ? io.stderr : io.stdout, planText(planned, live, notes, paintFor(io)));
  }
  if (isDry) {
    if (isJson) await printJson(io, planJson(planned, notes));
    else await print(io.stdout, `Nothing was changed.\nnext: kms-guard restore ${id}${live.words}\n`);
    return EXIT.clean;
  }
  if (!options.yes && !(await isConfirmed(io, "Put it back?"))) {
    throw new Failure("not confirmed, so nothing was changed");
  }

  const report = await perform(id, { ...request, dryRun: false });
  if (report.kind !== "restored") return refuse(report, isJson, live, io);
  const { finding, steps, exemption, failures } = report;
  const messages = failures.map(({ message }) => message);
  if (isJson) await printJson(io, { kind: "restored", finding, steps, exemption, failures: messages });
  else await print(io.stdout, resultText(report, live, paintFor(io)));
  const isWhole = steps.every(({ outcome }) => outcome === "done" || outcome === "already");
  return isWhole && failures.length === 0 ? EXIT.clean : EXIT.broke;
}

async function refuse(report: RestoreReport, isJson: boolean, { words }: Live, io: Io): Promise<ExitCode> {
  if (report.kind !== "refused") throw new Error(`restore answered \`${report.kind}\` out of turn`);
  const { reason, nextSteps } = report;
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
  return print(io.stdout, `${jsonText({ schemaVersion: "1", ...report })}\n`);
}
