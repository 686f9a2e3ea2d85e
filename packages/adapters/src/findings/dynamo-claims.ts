import { randomUUID } from "node:crypto";
import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { Clock, Findings, Publication } from "@kms-guard/guard/ports.ts";
import type { PublicationClaims } from "../notify/publication-claims.ts";
import type { Condition, DynamoTable } from "./dynamo-table.ts";
import { channelClaimKey, claimKey, findingPartition, type Item, itemKey } from "./keys.ts";
import { FINDINGS_TABLE } from "./table.ts";

/**
 * How long a claim that is neither confirmed nor released keeps others away. Its holder is publishing, or has died
 * doing so; Lambda tries again a minute after, and must then be able to speak.
 */
const CLAIM_MS = 50_000;

/**
 * How long it is remembered which channel has taken an alert. Only a retry for another channel asks, and the last that
 * may come is an operator's redrive from the dead-letter queue, which keeps an event for two weeks. That a status was
 * told on all of them is never forgotten: a sweep would tell anew of what still stands.
 */
const CHANNEL_CLAIM_SECONDS = 90 * 86_400;

const UNCONFIRMED: Condition = {
  expression: "attribute_not_exists(pk) OR confirmed = :no",
  values: { ":no": { BOOL: false } },
};

/** Claims on the publication of findings, each an item beside its finding. */
export function dynamoClaims(
  table: DynamoTable,
  { account, clock }: { readonly account: string; readonly clock: Pick<Clock, "nowMs"> },
): PublicationClaims & Pick<Findings, "claimPublication" | "releasePublication"> {
  async function claim(key: Item, status: Publication, expiry: Item = {}): Promise<boolean> {
    const nowMs = clock.nowMs();
    const claimant = { S: randomUUID() };
    const item = {
      ...key,
      ...expiry,
      status: { S: status },
      claimant,
      claimedAtMs: { N: String(nowMs) },
      confirmed: { BOOL: false },
    };
    // The client sends a write again whose answer was lost: then it meets its own claim, which is no reason for silence.
    return table.put(item, {
      expression:
        "attribute_not_exists(pk) OR claimant = :claimant OR (confirmed = :no AND claimedAtMs <= :lapsed)",
      values: {
        ":claimant": claimant,
        ":no": { BOOL: false },
        ":lapsed": { N: String(nowMs - CLAIM_MS) },
      },
    });
  }

  async function confirm(key: Item, status: Publication, expiry: Item = {}): Promise<void> {
    // Most notices are claimed by nobody: they are told each time.
    const condition = status === "notice" ? { expression: "attribute_exists(pk)" } : undefined;
    await table.set(key, { status: { S: status }, confirmed: { BOOL: true }, ...expiry }, condition);
  }

  const expiry = (): Item => ({
    [FINDINGS_TABLE.expiry]: { N: String(Math.floor(clock.nowMs() / 1000) + CHANNEL_CLAIM_SECONDS) },
  });

  const statusKey = (id: string, status: Publication) =>
    itemKey(findingPartition(account, id), claimKey(status));
  const channelKey = (finding: Finding, channel: string) =>
    itemKey(findingPartition(account, finding.id), channelClaimKey(finding, channel));

  return {
    claimPublication: (id, status) => claim(statusKey(id, status), status),
    confirmPublication: (id, status) => confirm(statusKey(id, status), status),
    async releasePublication(id, status) {
      await table.remove(statusKey(id, status));
    },

    claimChannel: (finding, channel) => claim(channelKey(finding, channel), finding.status, expiry()),
    confirmChannel: (finding, channel) => confirm(channelKey(finding, channel), finding.status, expiry()),
    async releaseChannel(finding, channel) {
      await table.remove(channelKey(finding, channel), UNCONFIRMED);
    },
  };
}
