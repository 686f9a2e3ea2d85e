import { createExemption, isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import type { PrincipalName } from "@kms-guard/core/policy/policy.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { printable, printableJson, shellWord } from "@kms-guard/core/text/untrusted.ts";
import { type ExemptionTarget, targetOfFinding, targetOfPolicy } from "@kms-guard/guard/exemption-target.ts";
import { addExemption, removeExemption } from "@kms-guard/guard/exemptions.ts";
import { sortStored } from "@kms-guard/guard/records.ts";
import { type Connection, withDeployment } from "../aws/connect.ts";
import { checkFindingId, findingIdFor, findingRecord, unreadableText } from "../aws/finding-id.ts";
import type { ConnectionOptions } from "../aws/options.ts";
import { isConfirmed } from "../io/confirm.ts";
import { EXIT, type ExitCode, Failure, UsageError } from "../io/errors.ts";
import { type Io, note, print } from "../io/io.ts";
import { paintFor } from "../io/terminal.ts";
import { seconds } from "../output/finding-text.ts";
import { coverText, exemptionText } from "./text.ts";

export interface AddOptions extends ConnectionOptions {
  readonly principal?: PrincipalName;
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  readonly days: number;
  readonly anyVersion?: true;
  readonly yes?: true;
  readonly output: "human" | "json";
}

/** Shows what the exemption will cover, asks for confirmation, adds it, and sends the notice. */
export async function runAdd(target: string, options: AddOptions, io: Io): Promise<ExitCode> {
  checkTarget(target);
  return withDeployment(options, io, async (connection) => {
    const { ports, environment, operator, sameOptions } = connection;
    const exempted = await findTarget(target, connection);
    const { principal, reason, owner, ticket, days } = options;
    const made = createExemption(
      {
        ...{ account: exempted.account, policy: exempted.policy, reason, owner, days, by: operator.arn },
        ...(principal !== undefined && { principal }),
        ...(ticket !== undefined && { ticket }),
        ...(!options.anyVersion && { documentSha256: exempted.documentSha256 }),
      },
      ports.clock.nowMs(),
    );
    if (made.kind === "refused") {
      throw new UsageError(made.problems.map(({ path, message }) => `--${path} ${message}`).join("; "));
    }
    const { exemption } = made;
    const isJson = options.output === "json";
    // A person who is asked has to see it, even if the result is JSON.
    if (!isJson || !options.yes) {
      await print(isJson ? io.stderr : io.stdout, coverText(exemption, exempted, connection, paintFor(io)));
    }
    if (!options.yes && !(await isConfirmed(io, "Exempt it?"))) {
      throw new Failure("not confirmed, so nothing is exempt");
    }
    await addExemption(ports, environment.settings, exemption);
    await print(
      io.stdout,
      isJson
        ? `${printableJson({ schemaVersion: "1", kind: "added", exemption })}\n`
        : [
            `${exemption.id} is in force until ${seconds(exemption.expiresAt)}; a notice went to the alerts topic and the history.`,
            ...nextSteps(exempted, exemption.id).map((next) => `next: ${next}${sameOptions}`),
            "",
          ].join("\n"),
    );
    return EXIT.clean;
  });
}

function nextSteps({ finding }: ExemptionTarget, id: string): readonly string[] {
  const isContained = finding?.containment?.steps.some(({ outcome }) => outcome === "done") ?? false;
  const restorable = finding !== undefined && isContained && finding.status !== "restored";
  return [
    ...(restorable ? [`${KMS_GUARD} restore ${finding.id}`] : []),
    `${KMS_GUARD} exempt list`,
    `${KMS_GUARD} exempt remove ${id}`,
  ];
}

export interface ListOptions extends ConnectionOptions {
  readonly output: "human" | "json";
}

/** Prints every exemption: the one that ends next first, expired ones last. */
export function runList(options: ListOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async ({ ports, sameOptions, stage }) => {
    const nowMs = ports.clock.nowMs();
    const stored = await sortStored(await ports.findings.exemptions());
    for (const item of stored.unreadable) await note(io, `note: ${unreadableText(item)}; it exempts nothing`);
    const all = stored.records.toSorted((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
    const expired = all.filter((exemption) => isExpired(exemption, nowMs));
    const inForce = all.filter((exemption) => !isExpired(exemption, nowMs));
    if (options.output === "json") {
      const exemptions = [
        ...inForce.map((exemption) => ({ ...exemption, lapsed: false })),
        ...expired.map((exemption) => ({ ...exemption, lapsed: true })),
      ];
      await print(io.stdout, `${printableJson({ schemaVersion: "1", exemptions })}\n`);
      return EXIT.clean;
    }
    const paint = paintFor(io);
    for (const exemption of [...inForce, ...expired]) {
      await print(io.stdout, `${exemptionText(exemption, nowMs, paint)}\n`);
    }
    await print(io.stdout, closing(inForce.length, expired[0]?.id, expired.length, stage, sameOptions));
    return EXIT.clean;
  });
}

function closing(
  inForce: number,
  firstExpired: string | undefined,
  expired: number,
  stage: string,
  sameOptions: string,
): string {
  if (inForce + expired === 0) {
    return (
      `Nothing is exempt in stage ${printable(stage)}: the guard evaluates every policy.\n` +
      `next: ${KMS_GUARD} exempt add ID --reason '...' --owner '...' --days 30${sameOptions}   with the id of a finding\n`
    );
  }
  const next =
    firstExpired === undefined
      ? ""
      : `next: ${KMS_GUARD} exempt remove ${shellWord(firstExpired)}${sameOptions}\n`;
  return `${inForce} in force, ${expired} expired\n${next}`;
}

export interface RemoveOptions extends ConnectionOptions {
  readonly yes?: true;
  readonly output: "human" | "json";
}

/** Shows the exemption, asks for confirmation, removes it, and sends the notice. */
export function runRemove(id: string, options: RemoveOptions, io: Io): Promise<ExitCode> {
  return withDeployment(options, io, async ({ ports, environment, operator, sameOptions }) => {
    const stored = await sortStored(await ports.findings.exemptions());
    const unreadable = stored.unreadable.find((item) => item.id === id);
    if (unreadable !== undefined) throw new Failure(`${unreadableText(unreadable)}; it exempts nothing`);
    const exemption = stored.records.find((candidate) => candidate.id === id);
    if (exemption === undefined) {
      throw new Failure(`there is no exemption \`${id}\`; next: ${KMS_GUARD} exempt list${sameOptions}`);
    }
    const isJson = options.output === "json";
    if (!isJson || !options.yes) {
      const text = exemptionText(exemption, ports.clock.nowMs(), paintFor(io));
      await print(isJson ? io.stderr : io.stdout, text);
    }
    if (!options.yes && !(await isConfirmed(io, "Remove it?"))) {
      throw new Failure("not confirmed, so the exemption is still in force");
    }
    const failures = await removeExemption(ports, environment.settings, exemption, operator.arn);
    for (const { message } of failures) await note(io, `note: ${printable(message)}`);
    await print(
      io.stdout,
      isJson
        ? `${printableJson({ schemaVersion: "1", kind: "removed", exemption, failures: failures.map(({ message }) => message) })}\n`
        : `${printable(id)} is removed: the guard evaluates the policy again at the next event or sweep.\n` +
            `next: ${KMS_GUARD} exempt list${sameOptions}\n`,
    );
    return failures.length === 0 ? EXIT.clean : EXIT.broke;
  });
}

const POLICY_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,640}$/;

/** Throws UsageError if the text is neither the id of a finding nor the ARN of a managed policy. */
function checkTarget(text: string): void {
  if (POLICY_ARN.test(text)) return;
  if (text.startsWith("arn:")) {
    throw new UsageError(
      `\`${text}\` is not the ARN of a managed policy; an inline policy is exempted by its finding: \`kg-…\``,
    );
  }
  checkFindingId(text);
}

/** The policy to exempt, as it is now. */
async function findTarget(text: string, connection: Connection): Promise<ExemptionTarget> {
  const { ports, environment, sameOptions } = connection;
  const { account } = environment.settings;
  const context = { ...environment.settings, nowMs: ports.clock.nowMs() };
  const [, partition, owner] = POLICY_ARN.exec(text) ?? [];
  if (owner === undefined) {
    const id = await findingIdFor(text, connection);
    const { finding } = await findingRecord(id, connection);
    return targetOfFinding(ports.policies, finding, context);
  }
  if (partition !== account.partition || (owner !== "aws" && owner !== account.id)) {
    throw new Failure(
      `\`${text}\` is not in account ${account.id} (${account.partition}), which this guard watches`,
    );
  }
  const exempted = await targetOfPolicy(ports.policies, text, context);
  if (exempted === undefined) {
    throw new Failure(`there is no policy \`${text}\`; next: ${KMS_GUARD} history --since 30d${sameOptions}`);
  }
  return exempted;
}
