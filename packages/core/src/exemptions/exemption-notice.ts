import type { Notice } from "../notifications/alert.ts";
import { noticeId } from "../notifications/notice-id.ts";
import { KMS_GUARD } from "../text/command.ts";
import { oneLine } from "../text/untrusted.ts";
import type { Exemption } from "./exemption.ts";

/** What happened to an exemption, by whom, where and when. */
export interface ExemptionChange {
  readonly kind: "exemption-added" | "exemption-removed";
  readonly exemption: Exemption;
  /** ARN. */
  readonly by: string;
  readonly account: string;
  readonly region: string;
  readonly atMs: number;
}

/** What people are told when an exemption is made or taken back, so that nobody exempts himself quietly. */
export function exemptionNotice({ kind, exemption, by, account, region, atMs }: ExemptionChange): Notice {
  const { id, principal, documentSha256, reason, owner, ticket, expiresAt } = exemption;
  const at = new Date(atMs).toISOString();
  const isAdded = kind === "exemption-added";
  const policy = exemptedPolicy(exemption);
  return {
    schemaVersion: "1",
    id: noticeId(kind, id, at),
    kind,
    // What is let stand is as good as full KMS access, and is not alerted any more.
    severity: isAdded ? "HIGH" : "INFO",
    title: oneLine(
      isAdded ? `${policy} is exempt until ${expiresAt}` : `${policy} is no longer exempt by ${id}`,
    ),
    reason: isAdded
      ? `${by} lets the guard pass over it: ${reason}`
      : `${by} took the exemption back, so the guard judges the policy again`,
    account,
    region,
    at,
    details: [
      { label: "Exemption", value: id },
      { label: "Policy", value: policy },
      ...(principal === undefined
        ? []
        : [{ label: "Only on", value: `${principal.type}/${principal.name}` }]),
      { label: "Text", value: documentSha256 === undefined ? "any version" : `SHA-256 ${documentSha256}` },
      { label: "Reason", value: reason },
      { label: "Owner", value: owner },
      ...(ticket === undefined ? [] : [{ label: "Ticket", value: ticket }]),
      { label: "Until", value: expiresAt },
      { label: isAdded ? "Made by" : "Removed by", value: by },
    ],
    nextSteps: isAdded
      ? [`${KMS_GUARD} exempt remove ${id}`, `${KMS_GUARD} exempt list`]
      : [`${KMS_GUARD} exempt list`, `${KMS_GUARD} scan --live`],
  };
}

/** `arn:aws:iam::111122223333:policy/TeamX`, or `inline policy own of role/Build`. */
export function exemptedPolicy({ policy }: Pick<Exemption, "policy">): string {
  if (policy.kind === "managed") return policy.arn;
  return `inline policy ${policy.name} of ${policy.principal.type}/${policy.principal.name}`;
}
