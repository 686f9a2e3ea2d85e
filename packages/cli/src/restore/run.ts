import { isDone } from "@kms-guard/core/containment/steps.ts";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { sha256 } from "@kms-guard/core/text/hash.ts";
import { printableJson } from "@kms-guard/core/text/untrusted.ts";
import type { PolicyReader } from "@kms-guard/guard/ports.ts";
import { type RestoreReport, type RestoreRequest, restore } from "@kms-guard/guard/restore.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { EXIT, type ExitCode, Failure } from "../io/errors.ts";
import { type Io, print } from "../io/io.ts";
import { paintFor } from "../io/terminal.ts";
import { stepCommand } from "../output/finding-text.ts";
import { alreadyText, planText, resultText } from "./text.ts";

export interface RestoreOptions extends ConnectionOptions {
  readonly dryRun?: true;
  readonly yes?: true;
  readonly reason: string;
  readonly hours: number;
  readonly output: "human" | "json";
}

/** Shows the plan, asks for confirmation, restores, and prints the result of every step. */
export function runRestore(id: string, options: RestoreOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, (connection) => restoreIn(connection, id, options, io));
}

async function restoreIn(
  connection: Connection,
  id: string,
  options: RestoreOptions,
  io: Io,
): Promise<ExitCode> {
  const { ports, environment, operator } = connection;
  const { reason, hours } = options;
  const isJson = options.output === "json";
  const perform = restore(ports, environment.settings);
  const request: RestoreRequest = { by: operator.arn, reason, hours, dryRun: true };

  const seen = await perform(id, request);
  const isDry = options.dryRun === true;
  if (seen.kind === "planned") {
    const refusals = seen.refused.map(({ error = "refused" }) => error);
    const notes = [...refusals, ...(await changesSince(ports.policies, seen.finding))];
    // A person who is asked has to see the plan, even if the result is JSON.
    if (!isJson || !(isDry || options.yes)) {
      await print(isJson ? io.stderr : io.stdout, planText(seen, connection, notes, paintFor(io)));
    }
    if (isDry) {
      if (isJson) await printJson(io, planJson(seen, notes));
      else
        await print(
          io.stdout,
          `Nothing was changed.\nnext: ${KMS_GUARD} restore ${id}${connection.sameOptions}\n`,
        );
      return EXIT.clean;
    }
    if (!options.yes && !(await isConfirmed(io, "Restore it?"))) {
      throw new Failure("not confirmed, so nothing was changed");
    }
  }

  const report = isDry || seen.kind === "refused" ? seen : await perform(id, { ...request, dryRun: false });
  switch (report.kind) {
    case "planned":
      throw new Error("restore planned instead of restoring");
    case "refused":
      return refuse(report, isJson, connection, io);
    case "already-restored":
      await (isJson
        ? printJson(io, inJson(report))
        : print(io.stdout, alreadyText(report, connection, paintFor(io))));
      return report.failures.length === 0 ? EXIT.clean : EXIT.broke;
    case "restored": {
      await (isJson
        ? printJson(io, inJson(report))
        : print(io.stdout, resultText(report, connection, paintFor(io))));
      const isWhole = report.steps.every(isDone);
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
  { sameOptions }: Connection,
  io: Io,
): Promise<ExitCode> {
  if (isJson) await printJson(io, { kind: "refused", reason, nextSteps });
  throw new Failure([reason, ...nextSteps.map((next) => `next: ${next}${sameOptions}`)].join("; "));
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

/**
 * How a managed policy has changed since its finding, if that matters for a restore: it no longer exists, or it has
 * another document, which the restore's exemption does not cover.
 */
async function changesSince(
  policies: Pick<PolicyReader, "managedPolicy">,
  { policy }: Finding,
): Promise<readonly string[]> {
  if (!("arn" in policy)) return [];
  const now = await policies.managedPolicy(policy.arn);
  if (now === undefined) return [`policy ${policy.arn} no longer exists, so it cannot be attached`];
  if (sha256(now.document) === policy.documentSha256) return [];
  return [
    `policy ${policy.name} has another document now (${now.versionId}): the exemption does not cover it, ` +
      "and the guard evaluates it as soon as it is attached",
  ];
}
