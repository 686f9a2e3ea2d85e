import type { GuardSettings } from "@kms-guard/core/containment/guard-settings.ts";
import type { VerdictName } from "@kms-guard/core/evaluate/verdict.ts";
import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptedPolicy } from "@kms-guard/core/exemptions/exemption-notice.ts";
import type { Notice } from "@kms-guard/core/notifications/alert.ts";
import { noticeId } from "@kms-guard/core/notifications/notice-id.ts";
import { KMS_GUARD } from "@kms-guard/core/text/command.ts";
import { documentSha256 } from "@kms-guard/core/text/document-sha256.ts";
import { oneLine } from "@kms-guard/core/text/untrusted.ts";
import type { StoredVersion } from "./ports.ts";

type Place = Pick<GuardSettings, "account" | "region">;

const DAY_MS = 86_400_000;
/** An exemption's owner hears of its end so long before, and may ask for another. */
const NOTICE_DAYS = 7;

/** That an exemption lapses within the week; `undefined` where it does not yet, or has. */
export function expiringNotice(
  exemption: Exemption,
  { account, region }: Place,
  nowMs: number,
): Notice | undefined {
  const { id, owner, reason, ticket, expiresAt } = exemption;
  const leftMs = Date.parse(expiresAt) - nowMs;
  if (!(leftMs > 0 && leftMs <= NOTICE_DAYS * DAY_MS)) return undefined;
  return {
    schemaVersion: "1",
    id: noticeId("exemption-lapses", JSON.stringify([id, expiresAt])),
    kind: "exemption-lapses",
    severity: "LOW",
    title: oneLine(`${exemptedPolicy(exemption)} is exempt only until ${expiresAt}`),
    reason:
      "The first sweep after that judges it like any other policy: told, and in enforce mode taken away. Who still " +
      "needs it asks for another exemption before.",
    account: account.id,
    region,
    at: new Date(nowMs).toISOString(),
    details: [
      { label: "Exemption", value: id },
      { label: "Owner", value: owner },
      { label: "Reason", value: reason },
      ...(ticket === undefined ? [] : [{ label: "Ticket", value: ticket }]),
    ],
    nextSteps: [`${KMS_GUARD} exempt list`],
  };
}

/** That a version which is not in force would be as good as full KMS access if it was. */
export function dormantVersionNotice(
  { arn, versionId: inForce }: { readonly arn: string; readonly versionId: string },
  { versionId, document }: StoredVersion,
  verdict: VerdictName,
  { account, region }: Place,
  nowMs: number,
): Notice {
  return {
    schemaVersion: "1",
    id: noticeId("armed-version", JSON.stringify([arn, versionId, documentSha256(document)])),
    kind: "armed-version",
    severity: "LOW",
    title: oneLine(`${verdict} kms:* waits in version ${versionId} of policy ${arn}`),
    reason: `Version ${inForce} is in force; one SetDefaultPolicyVersion call puts ${versionId} in its place.`,
    account: account.id,
    region,
    at: new Date(nowMs).toISOString(),
    details: [
      { label: "Policy", value: arn },
      { label: "Version", value: versionId },
      { label: "In force", value: inForce },
      { label: "Verdict", value: verdict },
    ],
    nextSteps: [`aws iam delete-policy-version --policy-arn '${arn}' --version-id ${versionId}`],
  };
}
