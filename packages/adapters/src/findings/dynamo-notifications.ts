import { randomUUID } from "node:crypto";
import type { Audience } from "@kms-guard/core/notifications/should-notify.ts";
import type { Clock, Findings } from "@kms-guard/guard/ports.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { findingPartition, type Item, itemKey, notificationKey, statusOfKey } from "./keys.ts";

/**
 * How long a claim that is not closed keeps other runs away. Its run is notifying, or was cut off; Lambda tries again a
 * minute later, and must then be able to notify.
 */
const CLAIM_MS = 50_000;

/** The claims on notifications, each an item beside its finding. They never expire: a sweep asks for them every day. */
export function dynamoNotifications(
  table: DynamoTable,
  { account, clock }: { readonly account: string; readonly clock: Pick<Clock, "nowMs"> },
): Pick<Findings, "claimNotification" | "closeNotification"> {
  const claimKey = (id: string, key: string): Item =>
    itemKey(findingPartition(account, id), notificationKey(key));

  return {
    async claimNotification(id, key, audiences) {
      const nowMs = clock.nowMs();
      const claimant = { S: randomUUID() };
      const claimed = await table.set(
        claimKey(id, key),
        { status: { S: statusOfKey(key) }, claimant, claimedUntilMs: { N: String(nowMs + CLAIM_MS) } },
        {
          // The client repeats a write whose answer was lost: then it meets its own claim.
          expression:
            "attribute_not_exists(pk) OR claimant = :claimant OR (attribute_not_exists(complete) AND claimedUntilMs <= :now)",
          values: { ":claimant": claimant, ":now": { N: String(nowMs) } },
        },
      );
      if (claimed === undefined) return [];
      return audiences.filter((audience) => claimed[attributeOf(audience)] === undefined);
    },

    async closeNotification(id, key, notified, isComplete) {
      const closed = {
        status: { S: statusOfKey(key) },
        claimedUntilMs: { N: "0" },
        ...(isComplete && { complete: { BOOL: true } }),
      };
      // An attribute for each audience: what an earlier run notified stays.
      const each = Object.fromEntries(notified.map((audience) => [attributeOf(audience), { BOOL: true }]));
      await table.set(claimKey(id, key), { ...closed, ...each });
    },
  };
}

function attributeOf(audience: Audience): string {
  return `notified-${audience}`;
}
