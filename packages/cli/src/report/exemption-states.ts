import { describePolicy, type Exemption, isExpired } from "@kms-guard/core/exemptions/exemption.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";

/** An exemption that applied in the period, or may have, and its state at the end. */
export interface ExemptionState {
  readonly id: string;
  readonly policy: string;
  /** `role/KeyAdmin`; absent: every principal. */
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
 * The exemptions in the table that had not expired before the period, and those that are only in the history. Without
 * the history (`notices` undefined), only the former.
 */
export function exemptionStates({
  exemptions,
  notices,
  fromMs,
  toMs,
}: {
  readonly exemptions: readonly Exemption[];
  readonly notices: readonly ReadNotice[] | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}): readonly ExemptionState[] {
  const added = changesIn(notices, "exemption-added");
  const removed = changesIn(notices, "exemption-removed");
  const kept = exemptions
    .filter(({ createdAt, expiresAt }) => Date.parse(createdAt) < toMs && !(Date.parse(expiresAt) <= fromMs))
    .map((exemption) => {
      const hasNoNotice =
        notices !== undefined &&
        Date.parse(exemption.createdAt) >= fromMs &&
        // The finding's status `restored` announces a restore's exemption.
        !exemption.id.startsWith("ke-restore-") &&
        !added.has(exemption.id);
      return {
        ...stateOf(exemption, isExpired(exemption, toMs) ? "lapsed" : "in force"),
        ...(hasNoNotice && { remark: "the history has no notice that it was added" }),
      };
    });
  const inTable = new Set(exemptions.map(({ id }) => id));
  const gone = [...new Map([...added, ...removed])]
    .filter(([id]) => !inTable.has(id))
    .map(([id, { exemption }]) => goneState(exemption, removed.get(id)));
  return [...kept, ...gone].toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
}

interface ExemptionChange {
  readonly exemption: Exemption;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly by: string;
}

/** The exemptions that notices of one kind are about, by their ids. */
function changesIn(
  notices: readonly ReadNotice[] = [],
  changed: "exemption-added" | "exemption-removed",
): ReadonlyMap<string, ExemptionChange> {
  const changes = new Map<string, ExemptionChange>();
  for (const { kind, data, at, actor } of notices) {
    if (kind !== changed || data === undefined) continue;
    changes.set(data.exemption.id, { exemption: data.exemption, at, by: actor?.arn ?? "unknown" });
  }
  return changes;
}

function stateOf(exemption: Exemption, state: ExemptionState["state"]): ExemptionState {
  const { id, policy, principal, documentSha256, reason, owner, ticket, createdBy, createdAt, expiresAt } =
    exemption;
  return {
    id,
    policy: describePolicy(policy),
    ...(principal !== undefined && { principal: `${principal.type}/${principal.name}` }),
    ...(documentSha256 !== undefined && { documentSha256 }),
    ...{ reason, owner, createdBy, createdAt, expiresAt },
    ...(ticket !== undefined && { ticket }),
    state,
  };
}

/** An exemption that is no longer in the table, from its notices. */
function goneState(exemption: Exemption, removal: ExemptionChange | undefined): ExemptionState {
  if (removal !== undefined)
    return { ...stateOf(exemption, "removed"), remark: `removed ${removal.at} by ${removal.by}` };
  return {
    ...stateOf(exemption, "gone without notice"),
    remark:
      "it was added in the period, it is not in the table, and the history has no notice that it was removed",
  };
}
