import { reservedRole } from "../aws/principal.ts";
import { type ContainmentStep, commandFor, isDone, option, outcomeOf } from "../containment/steps.ts";
import { KMS_GUARD } from "../text/command.ts";
import type { Finding } from "./finding.ts";

/** So many commands in an alert; `kms-guard show` has the finding they come from. */
const COMMANDS = 10;

/**
 * What a responder does next, most pressing first: commands that work as they are, and advice. After a containment it
 * is how to undo it and to let it stand; where a person has to act, the commands of the plan that is left.
 */
export function nextStepsFor(finding: Finding, plan: readonly ContainmentStep[]): readonly string[] {
  const show = `${KMS_GUARD} show ${finding.id}`;
  switch (finding.status) {
    case "restored":
    case "resolved":
      return [show];
    case "exempt":
      return [show, `${KMS_GUARD} exempt list`];
    case "open":
      if (finding.containment?.steps.some(isDone))
        return [show, ...toAct(finding, plan), exemptCommand(finding)];
      return [...toAct(finding, plan), show, exemptCommand(finding)];
    case "contained":
    case "containment-failed":
      return [...toAct(finding, plan), show, exemptCommand(finding)];
  }
}

function exemptCommand({ id }: Finding): string {
  return `${KMS_GUARD} exempt add ${id} --reason '...' --owner '...' --days 30`;
}

function toAct(finding: Finding, plan: readonly ContainmentStep[]): readonly string[] {
  const outcomes = finding.containment?.steps ?? [];
  const undone = plan.filter((step) => !isDone(outcomeOf(outcomes, step)));
  const restore = outcomes.some(({ outcome }) => outcome === "done")
    ? [`${KMS_GUARD} restore ${finding.id}`]
    : [];
  return [...byHand(undone), ...listing(finding), ...restore, ...fixedRoles(finding)];
}

function byHand(steps: readonly ContainmentStep[]): readonly string[] {
  const more = steps.length - COMMANDS;
  return [
    ...steps.slice(0, COMMANDS).map(commandFor),
    ...(more > 0 ? [`and ${more} more like these: one for each attachment of the finding`] : []),
  ];
}

/** The policies of which some have to go, where they are a violation only together. */
function listing({ policy, status }: Finding): readonly string[] {
  if (policy.kind !== "combined" || status === "contained") return [];
  const { type, name } = policy.principal;
  const named = option(`--${type}-name`, name).join(" ");
  return [
    `aws iam list-attached-${type}-policies ${named}`,
    `aws iam list-${type}-policies ${named}`,
    ...(type === "user" ? [`aws iam list-groups-for-user ${named}`] : []),
  ];
}

function fixedRoles({ attachments, policy }: Finding): readonly string[] {
  const roles = attachments.map(reservedRole);
  const sets = new Set(
    roles.flatMap((role) =>
      role?.kind === "identity-center"
        ? [
            role.permissionSet === undefined
              ? "their permission set"
              : `permission set \`${role.permissionSet}\``,
          ]
        : [],
    ),
  );
  return [...sets].map(
    (set) => `remove policy \`${policy.name}\` from ${set} in IAM Identity Center, then provision it again`,
  );
}
