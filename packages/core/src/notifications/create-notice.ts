import type { GuardSettings } from "../containment/guard-settings.ts";
import type { VerdictName } from "../evaluate/verdict.ts";
import type { ApiCall, ApiCallReading } from "../events/api-call.ts";
import { describePolicy, type Exemption } from "../exemptions/exemption.ts";
import type { GuardedService } from "../services/service.ts";
import { KMS_GUARD } from "../text/command.ts";
import { shortId } from "../text/hash.ts";
import { oneLine } from "../text/untrusted.ts";
import type { NoticeKind, NoticeOf, NoticeText } from "./notice.ts";

/** Where and when a notice is made. */
export interface NoticeOrigin extends Pick<GuardSettings, "account" | "region"> {
  readonly nowMs: number;
}

/** A record that cannot be read may hide a grant. */
export function malformedRecordNotice(
  { eventId, eventName, problems }: Extract<ApiCallReading, { readonly kind: "malformed" }>,
  origin: NoticeOrigin,
): NoticeOf<"malformed-record"> {
  return createNotice("malformed-record", [eventId ?? problems], origin, {
    severity: "HIGH",
    title: `a CloudTrail record of ${eventName ?? "an unknown call"} cannot be read`,
    reason: "The guard cannot read what the call changed, so it may have missed a violation.",
    data: {
      ...(eventId !== undefined && { eventId }),
      ...(eventName !== undefined && { eventName }),
      problems,
    },
    nextSteps: [`${KMS_GUARD} scan --live`],
  });
}

/** There is no benign reason to pad an IAM call until CloudTrail leaves its parameters out. */
export function parametersOmittedNotice(
  { actor, eventId, eventName, eventTime }: ApiCall,
  origin: NoticeOrigin,
): NoticeOf<"parameters-omitted"> {
  return createNotice("parameters-omitted", [eventId], origin, {
    severity: "HIGH",
    title: `${eventName} came with its parameters hidden`,
    reason:
      "CloudTrail left out the request parameters because they were too large; padding a policy with white space " +
      "does that. The guard evaluates every policy of the account instead.",
    actor,
    data: { eventId, eventName, eventTime },
    nextSteps: [`${KMS_GUARD} scan --live`],
  });
}

/**
 * So that nobody exempts himself in secret. As severe as what it exempts, which is not alerted any more.
 * @param by ARN of who adds it.
 */
export function exemptionAddedNotice(
  exemption: Exemption,
  by: string,
  origin: NoticeOrigin,
): NoticeOf<"exemption-added"> {
  const { id, reason, expiresAt } = exemption;
  return createNotice("exemption-added", [id, origin.nowMs], origin, {
    severity: "HIGH",
    title: `${describePolicy(exemption.policy)} is exempt until ${expiresAt}`,
    reason: `${by} exempted it: ${reason}`,
    actor: { arn: by },
    data: { exemption },
    nextSteps: [`${KMS_GUARD} exempt remove ${id}`, `${KMS_GUARD} exempt list`],
  });
}

/** @param by ARN of who removes it. */
export function exemptionRemovedNotice(
  exemption: Exemption,
  by: string,
  origin: NoticeOrigin,
): NoticeOf<"exemption-removed"> {
  const { id } = exemption;
  return createNotice("exemption-removed", [id, origin.nowMs], origin, {
    severity: "INFO",
    title: `${describePolicy(exemption.policy)} is no longer exempt by ${id}`,
    reason: `${by} removed the exemption, so the guard assesses the policy again`,
    actor: { arn: by },
    data: { exemption },
    nextSteps: [`${KMS_GUARD} exempt list`, `${KMS_GUARD} scan --live`],
  });
}

/** So that the owner can ask for another exemption in time. */
export function exemptionExpiringNotice(
  exemption: Exemption,
  origin: NoticeOrigin,
): NoticeOf<"exemption-expiring"> {
  const { id, expiresAt } = exemption;
  return createNotice("exemption-expiring", [id, expiresAt], origin, {
    severity: "LOW",
    title: `${describePolicy(exemption.policy)} is exempt only until ${expiresAt}`,
    reason:
      "The first sweep after that assesses it like any other policy: it alerts, and in enforce mode it contains. If " +
      "the access is still needed, add another exemption before.",
    data: { exemption },
    nextSteps: [`${KMS_GUARD} exempt list`],
  });
}

/** One SetDefaultPolicyVersion call makes a dormant version the default. */
export function dormantVersionNotice(
  policy: { readonly arn: string; readonly versionId: string },
  dormant: { readonly versionId: string; readonly documentSha256: string; readonly verdict: VerdictName },
  { prefix }: GuardedService,
  origin: NoticeOrigin,
): NoticeOf<"dormant-version"> {
  const { arn, versionId: defaultVersionId } = policy;
  const { versionId, documentSha256, verdict } = dormant;
  return createNotice("dormant-version", [arn, versionId, documentSha256], origin, {
    severity: "LOW",
    title: `version ${versionId} of policy ${arn}, not the default, would grant ${verdict} ${prefix}:*`,
    reason: `${defaultVersionId} is the default version; one SetDefaultPolicyVersion call would put ${versionId} in force.`,
    data: { policyArn: arn, versionId, defaultVersionId, documentSha256, verdict },
    nextSteps: [`aws iam delete-policy-version --policy-arn '${arn}' --version-id ${versionId}`],
  });
}

/** A finding or an exemption of the table that a newer or an older version wrote, or somebody else. */
export function unreadableRecordNotice(
  { id, problem }: { readonly id: string; readonly problem: string },
  origin: NoticeOrigin,
): NoticeOf<"unreadable-record"> {
  return createNotice("unreadable-record", [id, problem], origin, {
    severity: "MEDIUM",
    title: `record ${id} of the findings table cannot be read`,
    reason:
      "Another version of the guard may have written it, or somebody changed it. It stops nothing else. A finding " +
      "that cannot be read is neither resolved nor restored, and an exemption exempts nothing.",
    data: { id, problem },
    nextSteps: [`${KMS_GUARD} doctor`],
  });
}

/** @param subject What makes it the same notice again. */
function createNotice<Kind extends NoticeKind>(
  kind: Kind,
  subject: readonly unknown[],
  { account, region, nowMs }: NoticeOrigin,
  {
    actor,
    ...content
  }: Pick<NoticeText, "severity" | "title" | "reason" | "actor" | "nextSteps"> & Pick<NoticeOf<Kind>, "data">,
): NoticeOf<Kind> {
  return {
    schemaVersion: "1",
    id: shortId("kn", [kind, account.id, ...subject]),
    kind,
    severity: content.severity,
    title: oneLine(content.title),
    reason: content.reason,
    account: account.id,
    region,
    at: new Date(nowMs).toISOString(),
    ...(actor !== undefined && { actor }),
    data: content.data,
    nextSteps: content.nextSteps,
  };
}
