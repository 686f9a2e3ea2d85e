import type { Exemption } from "@kms-guard/core/exemptions/exemption.ts";
import { exemptedPolicy } from "@kms-guard/core/exemptions/exemption-notice.ts";
import type { Notice } from "@kms-guard/core/notifications/alert.ts";
import { isLapsed } from "../exempt/text.ts";

/** An exemption that counted in the period, or may have, and what became of it. */
export interface ExemptionState {
  readonly id: string;
  readonly policy: string;
  /** `role/KeyAdmin`; absent: whoever holds the policy. */
  readonly principal?: string;
  /** Absent: any version. */
  readonly documentSha256?: string;
  readonly reason: string;
  readonly owner: string;
  readonly ticket?: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: "in force" | "lapsed" | "removed" | "gone without notice";
  /** What an auditor should ask about. */
  readonly remark?: string;
}

/**
 * The exemptions of the table that had not lapsed before the period, and those that the history tells of and the table
 * does not have. Without the history (`notices` undefined) only the former.
 */
export function exemptionStates({
  exemptions,
  notices,
  fromMs,
  toMs,
}: {
  readonly exemptions: readonly Exemption[];
  readonly notices: readonly Notice[] | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}): readonly ExemptionState[] {
  const of = (kind: string) =>
    new Map(
      (notices ?? [])
        .filter((notice) => notice.kind === kind)
        .map((notice) => [detail(notice, "Exemption"), notice]),
    );
  const added = of("exemption-added");
  const removed = of("exemption-removed");
  const kept = exemptions
    .filter(({ createdAt, expiresAt }) => Date.parse(createdAt) < toMs && !(Date.parse(expiresAt) <= fromMs))
    .map((exemption) => {
      const isUntold =
        notices !== undefined &&
        Date.parse(exemption.createdAt) >= fromMs &&
        // A restore's exemption is told as the finding's status.
        !exemption.id.startsWith("ke-restore-") &&
        !added.has(exemption.id);
      return {
        ...fromTable(exemption, toMs),
        ...(isUntold && { remark: "the history has no notice that it was made" }),
      };
    });
  const inTable = new Set(exemptions.map(({ id }) => id));
  const gone = [...new Map([...added, ...removed])]
    .filter(([id]) => !inTable.has(id))
    .map(([id, notice]) => fromNotices(id, added.get(id) ?? notice, removed.get(id)));
  return [...kept, ...gone].toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}

function fromTable(exemption: Exemption, toMs: number): ExemptionState {
  const { id, principal, documentSha256, reason, owner, ticket, createdBy, createdAt, expiresAt } = exemption;
  return {
    id,
    policy: exemptedPolicy(exemption),
    ...(principal !== undefined && { principal: `${principal.type}/${principal.name}` }),
    ...(documentSha256 !== undefined && { documentSha256 }),
    ...{ reason, owner, createdBy, createdAt, expiresAt },
    ...(ticket !== undefined && { ticket }),
    state: isLapsed(exemption, toMs) ? "lapsed" : "in force",
  };
}

/** What a notice still tells of an exemption that is not in the table any more. */
function fromNotices(id: string, notice: Notice, removal: Notice | undefined): ExemptionState {
  const principal = detail(notice, "Only on");
  const ticket = detail(notice, "Ticket");
  const [, documentSha256] = detail(notice, "Text").split("SHA-256 ");
  const isFromAdding = notice !== removal;
  return {
    id,
    policy: detail(notice, "Policy"),
    ...(principal !== "" && { principal }),
    ...(documentSha256 !== undefined && { documentSha256 }),
    reason: detail(notice, "Reason"),
    owner: detail(notice, "Owner"),
    ...(ticket !== "" && { ticket }),
    createdBy: isFromAdding ? detail(notice, "Made by") : "not told in the period",
    createdAt: isFromAdding ? notice.at : "",
    expiresAt: detail(notice, "Until"),
    state: removal === undefined ? "gone without notice" : "removed",
    remark:
      removal === undefined
        ? "it was made in the period, is not in the table, and the history has no notice that it was removed"
        : `removed ${removal.at} by ${detail(removal, "Removed by")}`,
  };
}

function detail({ details }: Notice, label: string): string {
  return details.find((candidate) => candidate.label === label)?.value ?? "";
}
