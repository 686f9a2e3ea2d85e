import type { Finding } from "@kms-guard/core/findings/finding.ts";
import type { ReadNotice } from "@kms-guard/core/notifications/notice.ts";
import * as v from "valibot";
import { findingSchema } from "../findings/schema.ts";
import { noticeSchema } from "../notify/notice-schema.ts";

/** One event of the alert history: a finding as it was published, a notice, or what cannot be read. */
export type HistoryEntry =
  /** `at` is when EventBridge took it, ISO 8601 UTC. */
  | { readonly kind: "finding"; readonly at: string; readonly finding: Finding }
  | { readonly kind: "notice"; readonly at: string; readonly notice: ReadNotice }
  | { readonly kind: "unreadable"; readonly problem: string };

/** As EventBridge writes its events. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
const entrySchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant("detail-type", [
    v.looseObject({
      "detail-type": v.literal("KMS Guard Finding"),
      source: v.literal("kms-guard"),
      time: v.string(),
      detail: findingSchema,
    }),
    v.looseObject({
      "detail-type": v.literal("KMS Guard Notice"),
      source: v.literal("kms-guard"),
      time: v.string(),
      detail: noticeSchema,
    }),
  ]),
);

/** Reads one event of the history's log group: who may write to it may have written anything. */
export function readHistoryEntry(message: string): HistoryEntry {
  const result = v.safeParse(entrySchema, message, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    return { kind: "unreadable", problem: `${v.getDotPath(issue) ?? "it"}: ${issue.message}` };
  }
  const { output } = result;
  return output["detail-type"] === "KMS Guard Finding"
    ? { kind: "finding", at: output.time, finding: output.detail }
    : { kind: "notice", at: output.time, notice: output.detail };
}
