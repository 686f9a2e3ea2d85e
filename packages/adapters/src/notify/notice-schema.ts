import type { Notice } from "@kms-guard/core/notifications/alert.ts";
import * as v from "valibot";

/** A notice as the channels carry it; what a newer version adds is kept. */
export const noticeSchema: v.GenericSchema<unknown, Notice> = v.looseObject({
  schemaVersion: v.literal("1"),
  id: v.string(),
  kind: v.string(),
  severity: v.picklist(["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]),
  title: v.string(),
  reason: v.string(),
  account: v.string(),
  region: v.string(),
  at: v.string(),
  details: v.array(v.looseObject({ label: v.string(), value: v.string() })),
  nextSteps: v.array(v.string()),
});
